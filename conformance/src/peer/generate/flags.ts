import { commands } from '../../../../packages/apko-ts/src/cli/index.ts'
import { CASE_TIME, type PackageSpec, type PeerCase } from '../case.ts'
import { CASE_KEY } from '../make/inputs.ts'
import type { Random } from '../random.ts'

const ARCHS = [
  'x86_64',
  'x86_64',
  'amd64,x86_64',
  'host',
  'all',
  'bogus',
  'host,x86_64',
  '"x86_64,aarch64"',
  '"x86_64",aarch64',
  'arm/v7,armv7',
  'X86_64',
]
const TAGS = [
  'team/app:1',
  'ab',
  'UPPER:x',
  'a/b:c:d',
  'team/app@sha256:abc',
  `team/app@sha256:${'0'.repeat(64)}`,
  'localhost/x',
  `ab:${'x'.repeat(128)}`,
  `ab:${'x'.repeat(120)}`,
  '-a',
  'a..b',
  'docker.io/x/y:z',
  '',
  'ab:',
  ':ab',
  'ab:é',
  'ab:_x',
  'a b',
  'https://x/y',
  'x.y:5000/a_b--c',
  'ab:.x',
  'registry.example//x',
  '[::1]:5000/x',
]
const DATES = [
  '2021-02-03T04:05:06Z',
  '2021-02-03T04:05:06.123456789+14:00',
  'x',
  '2021-02-03',
  '',
  '0001-01-01T00:00:00Z',
  '9999-12-31T23:59:59Z',
  '1969-12-31T23:59:59Z',
  '2021-02-30T00:00:00Z',
  '2021-02-03t04:05:06z',
  '2021-02-03T04:05:06.5+02:00',
  '2021-02-03T24:00:00Z',
  '2021-02-03T04:05:60Z',
  '1800-01-01T00:00:00Z',
  '2021-02-03T04:05:06,5Z',
  '2021-02-03T4:05:06Z',
  '2031-02-03T04:05:06+24:00',
]
const EPOCHS = [
  '1700000000',
  '0',
  '-1',
  '+5',
  ' 5',
  'x',
  '',
  ' ',
  '99999999999',
  '253402300800',
  '1e3',
  '0x10',
  '9223372036854775807',
  '9223372036854775808',
  '007',
  '1_000',
  '-62135596801',
]
const ANNOTATIONS = [
  'a:b',
  'a',
  ':b',
  'a:',
  'A:b',
  'a:b,c:d',
  'a:b:c',
  'a:b,a:c',
  '"a:b,c"',
  'a.b-c:é',
  'a_b:c',
  '',
  'org.opencontainers.image.created:x',
  'a: b',
]
const LEVELS = ['debug', 'INFO', 'trace', 'error', 'fatal', 'info+2', 'warn-4', '', 'Warn', 'panic']
const SIZES = ['1', '-1', '0', 'x', '1e3', '100000', '-2', '0x100000', '10_000_000', '1.5', ' 5']
const BOOLS = ['true', 'false', '1', '0', 't', 'F', 'TRUE', 'maybe', '']

/** Command lines with odd values, on an image that is easy to build. */
export function flagsCase(random: Random, seed: number): PeerCase {
  const contents = { keyring: [`${CASE_KEY}.pub`], repositories: ['./repo'], packages: ['a'] }
  const words = wordsOf(random)
  return {
    kind: 'flags',
    seed,
    files: {
      'image.yaml': { contents },
      'dir/inner.yaml': { contents: { ...contents, repositories: ['./repo', './other'] }, archs: ['x86_64'] },
      'included.yaml': { include: 'inner.yaml', cmd: 'x' },
      'bad.lock.json': random.pick([
        '{}',
        '',
        '[]',
        '{"contents":null}',
        '{"version":"v9","contents":{"packages":[]}}',
        '{"config":{"name":"x","checksum":"sha256-x"}}',
        '{"contents":{"packages":[{"name":"a"}]}}',
      ]),
    },
    commands: [words],
    env: random.chance(0.6) ? { SOURCE_DATE_EPOCH: random.chance(0.6) ? String(CASE_TIME) : random.pick(EPOCHS) } : {},
    repositories: [
      { path: 'repo', archs: ['x86_64', 'aarch64', 'armv7'], key: CASE_KEY, packages: [packageOf('a', '1-r0')] },
      {
        path: 'other',
        archs: ['x86_64'],
        ...random.maybe(0.5, { key: 'stranger.rsa' }),
        packages: [packageOf('b', '1-r0')],
      },
    ],
  }
}

function packageOf(name: string, version: string): PackageSpec {
  const entries = [{ path: `${name}.txt`, type: 'file' as const, text: name }]
  return { name, version, fields: [['builddate', String(CASE_TIME)]], entries, scripts: [] }
}

function wordsOf(random: Random): string[] {
  const config = random.chance(0.85)
    ? 'image.yaml'
    : random.pick(['included.yaml', 'dir/inner.yaml', 'none.yaml', '', './image.yaml', 'dir'])
  const tag = random.chance(0.6) ? 'team/app:1' : random.pick(TAGS)
  const output = random.chance(0.85)
    ? random.pick(['{out}/image.tar', '{out}/sbom'])
    : random.pick(['{out}/no/x.image.tar', '', '{out}/x y.image.tar'])
  const base = random.pick([
    ['build', config, tag, output, '--sbom-path', '{out}/sbom'],
    ['build', config, tag, output, '--sbom-path', '{out}/sbom'],
    ['build', config, tag, output, '--sbom-path', '{out}/sbom'],
    ['lock', config, '--output', '{out}/lock.json'],
    ['show-packages', config],
    ['show-config', config],
    ['dot', config],
    ['build-minirootfs', config, '{out}/rootfs.tar'],
    ['build-cpio', config, '{out}/rootfs.cpio'],
    ['clean', '--cache-dir', '{out}/cache'],
  ])
  const flags = flagsOf(random, base[0]!)
  const words =
    random.chance(0.5) && !flags.includes('--arch') && ['build', 'lock'].includes(base[0]!)
      ? [...base, '--arch', 'x86_64']
      : base
  if (random.chance(0.05)) return [...words, 'surplus', ...flags]
  if (random.chance(0.05)) return words.slice(0, -1)
  return random.chance(0.5) ? [...words, ...flags] : [words[0]!, ...flags, ...words.slice(1)]
}

interface Flag {
  readonly name: string
  readonly words: () => string[]
}

/** One to three flags, mostly of those that the command has. */
function flagsOf(random: Random, command: string): string[] {
  const known = commands.find(({ name }) => name === command)!.options.map(({ name }) => name)
  const isKnown = ({ name }: Flag) => [...known, 'log-level', 'workdir', ''].includes(name)
  const flags = random.chance(0.95) ? flagMakers(random).filter(isKnown) : flagMakers(random)
  return random.some(flags, 1, 3).flatMap(({ words }) => words())
}

function flagMakers(random: Random): Flag[] {
  const value = (name: string, values: readonly string[]): Flag => ({
    name,
    words: () => (random.chance(0.7) ? [`--${name}`, random.pick(values)] : [`--${name}=${random.pick(values)}`]),
  })
  return [
    value('arch', ARCHS),
    value('arch', ARCHS),
    value('build-arch', ARCHS),
    value('build-date', DATES),
    value('build-date', DATES),
    value('annotations', ANNOTATIONS),
    value('annotations', ANNOTATIONS),
    value('log-level', LEVELS),
    value('workdir', ['.', 'dir', 'none', '']),
    value('sbom-formats', ['spdx', 'cyclonedx', '', 'spdx,spdx', 'SPDX']),
    value('include-paths', ['dir', 'none', '', 'dir,none', '"dir"']),
    value('max-apk-control-size', SIZES),
    value('max-apk-data-size', SIZES),
    value('max-apkindex-decompressed-size', SIZES),
    value('max-http-response-size', SIZES),
    value('lockfile', ['bad.lock.json', 'none.json', '']),
    value('cache-dir', ['{out}/cache', '', 'image.yaml']),
    value('repository-append', [
      './other',
      './none',
      '',
      './other,./repo',
      '@x ./other',
      '@x',
      'file:///none',
      '"./other"',
      'ftp://x/y',
    ]),
    value('build-repository-append', ['./other', './none', '@x ./other']),
    value('keyring-append', [`./${CASE_KEY}.pub`, 'none.pub', 'image.yaml', '', 'dir']),
    value('package-append', ['a', 'b', 'none', 'a=1-r0', 'a@x', '', 'a,a', '!b', 'a>1']),
    value('format', [
      'name-version',
      'bogus',
      '{{.Name}}',
      '{{',
      '{{.Bad}}',
      '{{printf "%s|%q" .Name .Version}}',
      '{{ .Source | printf "%10s" }}',
      '{{if .Name}}x{{end}}',
      '',
      '{{/* c */}}x',
      '{{.Name | len}}',
      '{{- .Name -}} y',
      '{{"\\n"}}',
      '{{`raw`}}',
      '{{.Name.X}}',
      '{{range .}}{{end}}',
      '{{$x := .Name}}{{$x}}',
      '{{html .Name}}',
      '{{print .Name .Version}}',
    ]),
    value('sbom', BOOLS),
    value('vcs', BOOLS),
    value('offline', BOOLS),
    value('ignore-signatures', BOOLS),
    {
      name: '',
      words: () => [
        random.pick([
          '-S',
          '-S=false',
          '--dry-run',
          '--json',
          '--unknown',
          '-x',
          '--',
          '-k',
          '--arch',
          '--sbom',
          'false',
          '-rother',
          '-r=./other',
          '-pa',
          '-Cdir',
        ]),
      ],
    },
  ]
}
