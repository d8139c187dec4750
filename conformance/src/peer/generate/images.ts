import { loadPrivateKey } from '@apkts/keyring'
import { alpha, beta } from '../../../../packages/rootfs/test/support/certificates.ts'
import { TEST_KEY_PEM } from '../../apk-format/test-key.ts'
import type { PackageSpec, PeerCase, RepositorySpec } from '../case.ts'
import { CASE_KEY } from '../make/inputs.ts'
import type { Random } from '../random.ts'
import { randomPackages } from './packages.ts'

type Config = Record<string, unknown>

const PUBLIC_KEY = loadPrivateKey(TEST_KEY_PEM, CASE_KEY).publicPem
const RUNTIME_KEYS = [
  { name: 'run.rsa.pub', content: PUBLIC_KEY },
  { name: 'Z.pub', content: `text before\n${PUBLIC_KEY}` },
  { name: 'a', content: PUBLIC_KEY.replaceAll('\n', '\r\n') },
]

/** An image of random packages with a random configuration, built into an archive or a layout, with its SBOMs. */
export function imageCase(random: Random, seed: number): PeerCase {
  const archs = random.chance(0.75) ? ['x86_64'] : random.some(['x86_64', 'aarch64', 'armv7', 'riscv64', 'x86'], 2, 3)
  const packages = randomPackages(random)
  const repositories = repositoriesOf(random, packages, archs)
  const config = configOf(random, packages, repositories)
  const output = random.chance(0.7) ? '{out}/image.tar' : '{out}/sbom'
  const flags = buildFlags(random, packages)
  const lock = ['lock', 'image.yaml', '--arch', archs.join(','), '--output', '{out}/lock.json']
  const build = [
    'build',
    'image.yaml',
    random.pick(['e2e:t', 'example.com:5000/a/b:x', 'xy', 'index.docker.io/a/b']),
    output,
    '--arch',
    archs.join(','),
    '--sbom-path',
    '{out}/sbom',
    ...flags,
  ]
  return {
    kind: 'images',
    seed,
    files: filesOf(random, config, () => configOf(random, packages, repositories)),
    commands: random.chance(0.25) ? [lock, [...build, '--lockfile', '{out}/lock.json']] : [build],
    env: environmentOf(random),
    repositories,
  }
}

/** The configuration, or one that includes it. */
function filesOf(random: Random, config: Config, another: () => Config): Readonly<Record<string, Config>> {
  if (random.chance(0.85)) return { 'image.yaml': config }
  return { 'image.yaml': { ...another(), include: 'base.yaml' }, 'base.yaml': config }
}

/** The packages over one to three repositories. */
function repositoriesOf(random: Random, packages: readonly PackageSpec[], archs: readonly string[]): RepositorySpec[] {
  const paths = random.some(['repo', 'other', 'a b', 'x/y'], 1, random.chance(0.6) ? 1 : 3)
  const placed = packages.map((spec) => ({ spec, at: random.int(0, paths.length - 1) }))
  return paths.map((path, index) => ({
    path,
    archs,
    key: CASE_KEY,
    packages: placed.filter(({ at }) => at === index).map(({ spec }) => spec),
  }))
}

function configOf(random: Random, packages: readonly PackageSpec[], repositories: readonly RepositorySpec[]): Config {
  const tags = new Map(
    repositories.map(({ path }, index) => [path, index > 0 && random.chance(0.3) ? `@t${index}` : '']),
  )
  const names = repositories.flatMap(({ path, packages: here }) =>
    here.map(({ name }) => ({ name, tag: random.chance(0.95) ? (tags.get(path) ?? '') : '' })),
  )
  return {
    contents: {
      keyring: [`${CASE_KEY}.pub`],
      [random.chance(0.98) ? 'repositories' : 'build_repositories']: repositories.map(({ path }) =>
        `${tags.get(path)} ./${path}`.trim(),
      ),
      ...random.maybe(0.15, {
        runtime_repositories: ['https://example.com/os', '@edge https://user:pw@example.com/edge/'],
      }),
      packages: random.some(names, 1, names.length).map(({ name, tag }) => wanted(random, name) + tag),
      ...random.maybe(0.1, () => ({ runtime_keyring: random.some(RUNTIME_KEYS, 1, 2) })),
    },
    ...entrypointOf(random),
    ...random.maybe(0.4, () => ({ accounts: accountsOf(random) })),
    ...random.maybe(0.4, () => ({ paths: pathsOf(random, packages) })),
    ...random.maybe(0.5, () => ({
      environment: Object.fromEntries(
        random.some(
          [
            ['A', 'b'],
            ['PATH', '/x'],
            ['É', 'ü<&>'],
            ['A1', ''],
            ['a=b', 'c'],
            ['SSL_CERT_FILE', '/no'],
            ['Z Z', ' lead'],
          ],
          0,
          4,
        ),
      ),
    })),
    ...random.maybe(0.3, () => ({
      annotations: Object.fromEntries(
        random.some(
          [
            ['org.opencontainers.image.title', 'T <t>'],
            ['org.opencontainers.image.vendor', 'V'],
            ['a', ''],
            ['É', 'x'],
            ['org.opencontainers.image.created', 'never'],
            ['org.opencontainers.image.source', 's'],
          ],
          1,
          4,
        ),
      ),
    })),
    ...random.maybe(0.2, () => ({
      'vcs-url': random.pick([
        'https://github.com/a/b.git@abc',
        'git+ssh://github.com/a/b@0123@x',
        'no-revision',
        '@',
        'git://x/y@é',
      ]),
    })),
    ...random.maybe(0.3, () => ({ volumes: random.some(['/data', 'rel', '/é', '/data/x y', ''], 1, 3) })),
    ...random.maybe(0.3, () => ({
      'work-dir': random.pick(['/work', 'rel', '/é "']),
      'stop-signal': random.pick(['SIGTERM', '9', 'é']),
    })),
    ...random.maybe(0.3, () => ({ layering: { strategy: 'origin', budget: random.int(0, 6) } })),
    ...random.maybe(0.2, () => ({ certificates: certificatesOf(random) })),
  }
}

function wanted(random: Random, name: string): string {
  return random.chance(0.85)
    ? name
    : random.pick([`${name}>0`, `${name}>=1.0`, `${name}~1`, `${name}<9`, `${name}=1.0-r0`, `${name}>0`])
}

function entrypointOf(random: Random): Config {
  const words = ['/bin/sh -c "a b"', "x 'y z' \\q", 'a#b # c', '""', '  ', 'é\\\nü']
  return {
    ...random.maybe(0.5, () => ({
      entrypoint: random.pick<Config>([
        { command: random.pick(words) },
        { 'shell-fragment': 'echo "$A" <&>', command: 'unused' },
        { type: 'service-bundle', services: { web: '/bin/web', 'a b': 'x\ny\n' } },
        { services: { only: '/bin/o' } },
        { type: 'other', command: random.pick(words) },
      ]),
    })),
    ...random.maybe(0.4, () => ({ cmd: random.pick(words) })),
  }
}

function accountsOf(random: Random): Config {
  const user = (index: number) => ({
    username: random.pick(['alice', 'bob', 'é', 'a b', `u${index}`]),
    uid: random.pick([1, 1000, 65532, 2097152, 4294967295, 900]),
    ...random.maybe(0.5, () => ({ gid: random.pick([0, 1000, 901, null]) })),
    ...random.maybe(0.3, () => ({ shell: random.pick(['/bin/false', '', 'é']) })),
    ...random.maybe(0.5, () => ({
      homedir: random.pick([
        '/dev/null',
        '/srv/x',
        'rel/home',
        '/',
        '/etc',
        '/home/alice',
        '/var/lib/data/deep',
        '/usr/bin',
        '/h:x',
      ]),
    })),
  })
  const group = (index: number) => ({
    groupname: random.pick(['web', 'é', `g${index}`, 'root']),
    gid: random.pick([0, 1000, 901, 4294967295]),
    ...random.maybe(0.5, () => ({ members: random.some(['alice', 'bob', 'nobody', ''], 0, 3) })),
  })
  return {
    ...random.maybe(0.5, () => ({ 'run-as': random.pick(['alice', '1000', 'bob:web', 'nobody', 'svc', '0', 'u0']) })),
    ...random.maybe(0.8, () => ({ users: random.list(0, 3, user) })),
    ...random.maybe(0.6, () => ({ groups: random.list(0, 3, group) })),
  }
}

function pathsOf(random: Random, packages: readonly PackageSpec[]): Config[] {
  const shipped = packages.flatMap(({ entries }) => entries.map(({ path }) => `/${path}`))
  const known = [
    ...shipped.slice(0, 12),
    '/etc',
    '/usr',
    '/etc/passwd',
    '/etc/apk/world',
    '/usr/bin',
    '/tmp',
    '/etc/apko.json',
    '/dev/null',
    '/lib',
  ]
  const fresh = [
    '/new/dir',
    '/new/file',
    'rel/path',
    '/usr/é/ü',
    '/new//double',
    '/a b/c',
    '/neu',
    '/usr/local/bin/x',
    '/p/q/r/s',
  ]
  return random.list(1, 3, () => {
    const type = random.pick(['directory', 'empty-file', 'symlink', 'hardlink', 'permissions', 'permissions'])
    const linked = type === 'symlink' || type === 'hardlink'
    const source = type === 'hardlink' ? known : [...known, '../x', 'rel']
    const existing = type === 'permissions' ? 0.98 : 0.05
    return {
      path: random.pick(random.chance(existing) ? known : fresh),
      type,
      ...random.maybe(linked ? 1 : 0.05, () => ({ source: random.pick(source) })),
      ...random.maybe(0.8, () => ({ permissions: random.pick([0o755, 0o644, 0o4755, 0o1777, 0o2700, 0, 0o7777]) })),
      ...random.maybe(0.5, () => ({ uid: random.pick([0, 1000, 900, 3_000_000]) })),
      ...random.maybe(0.4, () => ({ gid: random.pick([0, 1000, 901]) })),
      ...random.maybe(0.3, () => ({ recursive: random.chance(0.8) })),
    }
  })
}

function certificatesOf(random: Random): Config {
  const content = () =>
    random.pick([
      alpha,
      beta,
      `junk\n${alpha}more`,
      alpha.replaceAll('\n', '\r\n'),
      random.chance(0.1) ? 'no certificate' : beta,
    ])
  return {
    ...random.maybe(0.8, () => ({
      additional: random.list(0, 2, (index) => ({ name: `c${index}`, content: content() })),
    })),
    ...random.maybe(0.6, () => ({
      providers: random.some(['certs', 'ca-certificates-bundle', 'certs=1', 'virtual'], 1, 2),
    })),
  }
}

function buildFlags(random: Random, packages: readonly PackageSpec[]): string[] {
  return [
    ...(random.chance(0.15)
      ? ['--build-date', random.pick(['2021-02-03T04:05:06+02:00', '2031-02-03T04:05:06.5Z', '1970-01-01T00:00:00Z'])]
      : []),
    ...(random.chance(0.15) ? ['-p', random.pick(packages).name] : []),
    ...(random.chance(0.1)
      ? ['--annotations', random.pick(['a:b', 'org.opencontainers.image.title:x:y', 'q:1,r:2'])]
      : []),
    ...(random.chance(0.1) ? ['--repository-append', random.pick(['./repo', './repo/', './none', '@t ./repo'])] : []),
    ...(random.chance(0.05) ? ['-b', './other'] : []),
    ...(random.chance(0.05) ? ['--sbom=false'] : []),
    ...(random.chance(0.2) ? [`--vcs=${random.chance(0.5)}`] : []),
  ]
}

function environmentOf(random: Random): Record<string, string> {
  return random.chance(0.6) ? { SOURCE_DATE_EPOCH: random.pick(['1700000000', '0', '1600000000', '']) } : {}
}
