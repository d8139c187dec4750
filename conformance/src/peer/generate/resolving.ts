import { CASE_TIME, type PackageSpec, type PeerCase, type RepositorySpec } from '../case.ts'
import { CASE_KEY } from '../make/inputs.ts'
import type { Random } from '../random.ts'

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'a-b']
const VERSIONS = [
  '1-r0',
  '1-r1',
  '1.2-r0',
  '2-r0',
  '2.0_rc1-r0',
  '10-r0',
  '1.0a-r0',
  '2.0_p1-r2',
  '1.02-r0',
  '2_git20200101-r0',
]
const VIRTUALS = ['v', 'w', 'so:x.so.1', 'cmd:y', 'pc:z']

/** What a small world of packages resolves to: listed, locked, drawn as a graph, and installed. */
export function resolvingCase(random: Random, seed: number): PeerCase {
  const archs = random.chance(0.7) ? ['x86_64'] : ['x86_64', 'aarch64']
  const repositories = random.list(1, 3, (index) => repositoryOf(random, `r${index}`, archs))
  const lines = repositories.map(({ path }, index) =>
    index > 0 && random.chance(0.5) ? `@t${index} ./${path}` : `./${path}`,
  )
  const world = random
    .some([...NAMES, ...NAMES, ...VIRTUALS], 1, 4)
    .map((name) => constraint(random, name, random.chance(0.15)))
  const arch = ['--arch', archs.join(',')]
  const format = random.pick([
    'name-version',
    'name=version-source',
    'packagelock-source',
    '{{ .Name }}:{{.Version}} {{.Source}}',
    'name-(version)-source',
  ])
  return {
    kind: 'resolving',
    seed,
    files: { 'image.yaml': { contents: { keyring: [`${CASE_KEY}.pub`], repositories: lines, packages: world } } },
    commands: [
      random.pick([
        ['show-packages', 'image.yaml', '--format', format, '--arch', archs[0]!],
        ['lock', 'image.yaml', ...arch, '--output', '{out}/lock.json'],
        ['dot', 'image.yaml', '--arch', archs[0]!, ...(random.chance(0.3) ? ['--spanning-tree'] : [])],
        ['build', 'image.yaml', 'ab:c', '{out}/image.tar', ...arch, '--sbom=false'],
        ['build', 'image.yaml', 'ab:c', '{out}/image.tar', ...arch, '--sbom=false', '-p', random.pick(world)],
      ]),
    ],
    env: { SOURCE_DATE_EPOCH: String(CASE_TIME) },
    repositories,
  }
}

function repositoryOf(random: Random, path: string, archs: readonly string[]): RepositorySpec {
  const packages = random.some(NAMES, path === 'r0' ? NAMES.length : 2, NAMES.length).flatMap((name) => {
    const versions = random.some(VERSIONS, 1, random.chance(0.4) ? 3 : 1)
    return versions.map((version) => packageOf(random, { name, version, archs }))
  })
  const providers = path === 'r0' && random.chance(0.8) ? VIRTUALS.map((virtual) => providerOf(random, virtual)) : []
  return { path, archs, key: CASE_KEY, packages: [...packages, ...providers] }
}

function providerOf(random: Random, virtual: string): PackageSpec {
  const provided = random.chance(0.5) ? virtual : `${virtual}=2`
  const fields = [['provides', provided]] as const
  return {
    name: `p-${virtual.replace(/[:.]/g, '-')}`,
    version: random.pick(VERSIONS),
    fields,
    entries: [],
    scripts: [],
  }
}

function packageOf(
  random: Random,
  { name, version, archs }: { readonly name: string; readonly version: string; readonly archs: readonly string[] },
): PackageSpec {
  const fields: [string, string][] = [['pkgdesc', `"${name}" <d>`]]
  if (random.chance(0.6)) fields.push(['origin', random.pick(['o', 'p', name])])
  for (const other of random.some([...NAMES, ...VIRTUALS], 0, random.chance(0.35) ? 2 : 0)) {
    fields.push(['depend', (random.chance(0.08) ? '!' : '') + constraint(random, other, random.chance(0.1))])
  }
  for (const virtual of random.some([...VIRTUALS, 'a', 'c'], 0, random.chance(0.5) ? 2 : 0)) {
    fields.push(['provides', random.chance(0.5) ? virtual : `${virtual}=${random.pick(['1', '2', '1.5-r0', '3.0.1'])}`])
  }
  if (random.chance(0.15)) fields.push(['provider_priority', random.pick(['1', '5', '10'])])
  return {
    name,
    version,
    ...(archs.length > 1 && random.chance(0.1) ? { onlyArch: random.pick(archs) } : {}),
    ...random.maybe(0.1, () => ({ installIf: random.some(NAMES, 1, 1) })),
    fields,
    entries: [],
    scripts: [],
  }
}

function constraint(random: Random, name: string, constrained: boolean): string {
  const pin = random.chance(0.08) ? `@t${random.int(1, 3)}` : ''
  if (!constrained) return name + pin
  const operator = random.pick(['=', '<', '>', '<=', '>=', '~', '~=', '=~', '><', '=='])
  return `${name}${operator}${random.pick(['1', '2', '1-r0', '1.2-r0', '10', '2.0', 'x', '1.02'])}${pin}`
}
