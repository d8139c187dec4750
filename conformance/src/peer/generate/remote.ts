import { CASE_TIME, type PeerCase, type ServerSpec } from '../case.ts'
import { CASE_KEY } from '../make/inputs.ts'
import type { Random } from '../random.ts'
import { randomPackages } from './packages.ts'

/** Repositories and keys behind HTTP: caches, credentials, redirects, offline runs; images pushed to a registry. */
export function remoteCase(random: Random, seed: number): PeerCase {
  const archs = random.chance(0.8) ? ['x86_64'] : ['x86_64', 'aarch64']
  const packages = randomPackages(random).map((spec) => ({ ...spec, entries: spec.entries.slice(0, 0) }))
  const names = [...new Set(packages.map(({ name }) => name))]
  const server = serverOf(random)
  const place = server.password !== undefined && random.chance(0.8) ? '{login}' : '{http}'
  const repository = `${random.chance(0.15) ? '@t ' : ''}${place}/repo${random.chance(0.2) ? '/' : ''}`
  const key = random.chance(0.3) ? `${place}/${CASE_KEY}.pub` : `./${CASE_KEY}.pub`
  const tag = repository.startsWith('@') && random.chance(0.8) ? '@t' : ''
  const config = {
    contents: {
      keyring: [key],
      repositories: [repository],
      packages: random.some(names, 1, 3).map((name) => name + tag),
    },
  }
  return {
    kind: 'remote',
    seed,
    files: { 'image.yaml': config },
    commands: commandsOf(random, archs.join(',')),
    env: { SOURCE_DATE_EPOCH: String(CASE_TIME) },
    repositories: [{ path: 'repo', archs, key: random.chance(0.95) ? CASE_KEY : 'stranger.rsa', packages }],
    server,
    ...random.maybe(0.5, { oursFirst: true }),
  }
}

function serverOf(random: Random): ServerSpec {
  return {
    ...random.maybe(0.6, () => ({ etag: random.pick(['none', 'strong', 'weak', 'bare'] as const) })),
    ...random.maybe(0.25, { password: 'robot:secret' }),
    ...random.maybe(0.2, { redirects: true }),
    ...random.maybe(0.1, () => ({
      status: [
        {
          suffix: random.pick(['.apk', 'aarch64/APKINDEX.tar.gz', '.pub', 'APKINDEX.tar.gz']),
          status: random.pick([404, 403, 410]),
        },
      ],
    })),
  }
}

function commandsOf(random: Random, arch: string): string[][] {
  const cache = random.chance(0.4)
    ? ['--cache-dir', '{shared}']
    : random.chance(0.5)
      ? ['--cache-dir', '{out}/cache']
      : []
  const flags = ['--arch', arch, ...cache]
  const build = (name: string) => ['build', 'image.yaml', 'e2e:t', `{out}/${name}.image.tar`, '--sbom=false', ...flags]
  const lock = ['lock', 'image.yaml', '--output', '{out}/lock.json', ...flags]
  return random.pick([
    [build('a'), build('b')],
    [build('a'), [...build('b'), '--offline']],
    [['show-packages', 'image.yaml', '--format', 'packagelock-source', ...flags], build('a')],
    [lock, [...build('a'), '--lockfile', '{out}/lock.json']],
    [lock, build('a'), [...build('b'), '--offline', '--lockfile', '{out}/lock.json']],
    [[...build('a'), '--offline']],
    [
      [
        'publish',
        'image.yaml',
        '{registry}/team/app:v1',
        '{registry}/team/app:v2',
        '--sbom=false',
        '--image-refs',
        '{out}/refs',
        ...flags,
      ],
    ],
  ])
}
