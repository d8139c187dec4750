import { mkdir, mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseTar } from '@apkts/archive'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { run } from './support/program.ts'
import { makeKey, makeRepository, type PackageFixture, type TestKey } from './support/repository.ts'

let home = ''
let key: TestKey
let cwd = ''
let count = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-lock-'))
  key = await makeKey('test')
})
afterAll(() => rm(home, { recursive: true, force: true }))
beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
})

const at = (name: string) => join(cwd, name)

/** Packages as `name-version dependency…`. */
async function publish(lines: readonly string[], archs: readonly string[] = ['x86_64']): Promise<void> {
  const packages = lines.map((line): PackageFixture => {
    const [build = '', ...dependencies] = line.split(' ')
    const [, name = '', version = ''] = /^(.*)-(\d[^-]*)$/.exec(build) ?? []
    return { name, version: `${version}-r0`, dependencies }
  })
  for (const arch of archs) await makeRepository(at('repo'), { arch, key, packages })
}

async function configure(packages: string, more = 'archs: [x86_64]\n', repositories = '[./repo]'): Promise<string> {
  const contents = `contents:\n  keyring: [${cwd}/repo/test.rsa.pub]\n  repositories: ${repositories}\n  packages: ${packages}\n`
  await writeFile(at('image.yaml'), `${contents.replaceAll('./repo', at('repo'))}${more}`)
  return at('image.yaml')
}

async function apko(...argv: string[]) {
  const ran = await run(...argv, '--cache-dir', at('cache'))
  return { ...ran, out: ran.out.replaceAll(cwd, '.'), err: ran.err.replaceAll(cwd, '.') }
}

const build = (...flags: string[]) =>
  apko('build', at('image.yaml'), 'team/app:1', at('out.tar'), '--sbom=false', '--vcs=false', ...flags)

async function lockedBuilds(): Promise<string[]> {
  const lock = JSON.parse(await readFile(at('image.lock.json'), 'utf8'))
  const packages = lock.contents.packages as { name: string; version: string }[]
  return packages.map(({ name, version }) => `${name}-${version.replace('-r0', '')}`)
}

describe('a lock file that the configuration has moved away from', () => {
  const rows: { name: string; packages: string; more?: string; repositories?: string; notes: string[] }[] = [
    {
      name: 'shows packages that come and go',
      packages: '[app, tool]',
      notes: ['x86_64: + tool 1-r0', 'x86_64: lib 1-r0 → 2-r0'],
    },
    { name: 'shows packages that go', packages: '[lib]', notes: ['x86_64: - app 1-r0', 'x86_64: lib 1-r0 → 2-r0'] },
    {
      name: 'shows repositories and what they lead to',
      packages: '[app]',
      repositories: '[./repo, ./other]',
      notes: ['repositories: + ./repo/../other/x86_64', 'x86_64: lib 1-r0 → 2-r0'],
    },
    {
      name: 'says so when it cannot be resolved any more',
      packages: '[app, nowhere]',
      notes: ['the configuration cannot be resolved as it is now: nothing provides "nowhere"'],
    },
  ]
  test.each(rows)('$name', async ({ packages, more, repositories, notes }) => {
    await publish(['app-1 lib', 'lib-1', 'tool-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    await publish(['app-1 lib', 'lib-1', 'lib-2', 'tool-1'])
    await configure(packages, more, repositories?.replace('./other', './repo/../other'))
    const { status, err } = await build('--lockfile', at('image.lock.json'))
    expect(status).toBe(1)
    expect(err).toContain('error[LOCK_STALE]: lock file ./image.lock.json was made from another state of ./image.yaml')
    for (const note of notes) expect(err).toContain(`= ${note}\n`)
    expect(err).toContain('hint: write it anew: apko-ts lock ./image.yaml --output ./image.lock.json')
  })

  test('shows no credentials', async () => {
    await publish(['app-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    await configure('[app]', undefined, '[./repo, "http://me:s3cret@127.0.0.1:1/os"]')
    const { err } = await build('--offline', '--lockfile', at('image.lock.json'))
    expect(err).toContain('= repositories: + xxxxx@127.0.0.1:1/os/x86_64')
    expect(err).not.toContain('s3cret')
  })

  test('says so when only other settings differ', async () => {
    await publish(['app-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    await configure('[app]', 'archs: [x86_64]\ncmd: /bin/app\n')
    const { err } = await build('--lockfile', at('image.lock.json'))
    expect(err).toContain('repositories, keys and packages are the same: other settings have changed')
  })

  test('and a package that was built again is refused by name', async () => {
    await publish(['app-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    await publish(['app-1 lib', 'lib-1'])
    const { status, err } = await apko(
      ...['build', at('image.yaml'), 'team/app:1', at('out.tar'), '--sbom=false', '--vcs=false'],
      ...['--lockfile', at('image.lock.json')],
    )
    expect({ status, cached: err }).toEqual({ status: 0, cached: expect.any(String) }) // what was locked is in the cache
    await rm(at('cache'), { recursive: true })
    const again = await build('--lockfile', at('image.lock.json'))
    expect(again.status).toBe(1)
    expect(again.err).toContain('app-1-r0.apk')
  })
})

describe('lock --update', () => {
  const rows: { name: string; before: string[]; after: string[]; update: string; world?: string; moved: string[] }[] = [
    {
      name: 'moves only what is asked',
      before: ['app-1 lib', 'lib-1', 'tool-1'],
      after: ['app-1 lib', 'app-2 lib', 'lib-1', 'lib-2', 'tool-1', 'tool-2'],
      update: 'app',
      moved: ['lib-1', 'app-2', 'tool-1'],
    },
    {
      name: 'moves what it drags along',
      before: ['app-1 lib', 'lib-1', 'tool-1'],
      after: ['app-1 lib', 'app-2 lib=2-r0 new', 'lib-1', 'lib-2', 'new-1', 'tool-1', 'tool-2'],
      update: 'app',
      moved: ['lib-2', 'new-1', 'app-2', 'tool-1'],
    },
    {
      name: 'moves others that need the old one',
      before: ['app-1 lib', 'lib-1', 'tool-1 lib=1-r0'],
      after: ['app-2 lib=2-r0', 'lib-1', 'lib-2', 'tool-1 lib=1-r0', 'tool-2 lib=2-r0', 'tool-3 lib'],
      update: 'app',
      moved: ['lib-2', 'app-2', 'tool-3'],
    },
    {
      name: 'drops what nothing needs any more',
      before: ['app-1 lib', 'lib-1', 'tool-1'],
      after: ['app-2', 'lib-1', 'lib-2', 'tool-1', 'tool-2'],
      update: 'app',
      moved: ['app-2', 'tool-1'],
    },
    {
      name: 'moves what its repository has no more',
      before: ['app-1 lib', 'lib-1', 'tool-1'],
      after: ['app-1 lib', 'app-2 lib', 'lib-2', 'tool-1'],
      update: 'tool',
      moved: ['lib-2', 'app-1', 'tool-1'],
    },
    {
      name: 'takes several names',
      before: ['app-1 lib', 'lib-1', 'tool-1'],
      after: ['app-1 lib', 'app-2 lib', 'lib-1', 'lib-2', 'tool-1', 'tool-2'],
      update: 'lib,tool',
      moved: ['lib-2', 'app-1', 'tool-2'],
    },
  ]
  test.each(rows)('$name', async ({ before, after, update, moved }) => {
    await publish(before)
    await configure('[app, tool]')
    await apko('lock', at('image.yaml'))
    await publish(after)
    const { status, err } = await apko('lock', at('image.yaml'), '--update', update)
    expect({ status, err }).toEqual({ status: 0, err: expect.not.stringContaining('error') })
    expect(await lockedBuilds()).toEqual(moved)
    expect((await build('--lockfile', at('image.lock.json'))).status).toBe(0)
  })

  test('prints what moved, on every architecture of the lock file', async () => {
    const archs = ['x86_64', 'aarch64']
    await publish(['app-1 lib', 'lib-1'], archs)
    await configure('[app]', '')
    await apko('lock', at('image.yaml'), '--arch', archs.join(','))
    await publish(['app-2', 'lib-1'], archs)
    const { out } = await apko('lock', at('image.yaml'), '--update', 'app')
    expect(out).toBe(
      archs
        .sort()
        .flatMap((arch) => [`${arch}: app 1-r0 → 2-r0\n`, `${arch}: - lib 1-r0\n`])
        .join(''),
    )
    expect((await apko('lock', at('image.yaml'), '--update', 'app')).out).toBe('nothing moved\n')
  })

  test('takes a changed configuration, too', async () => {
    await publish(['app-1', 'tool-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    await publish(['app-1', 'app-2', 'tool-1', 'tool-2'])
    await configure('[app, tool]')
    expect((await apko('lock', at('image.yaml'), '--update', 'tool')).out).toBe('x86_64: + tool 2-r0\n')
  })

  test.each([
    ['a name that is not there', 'ap', 'did you mean "app"'],
    ['a version', 'app-2-r0', '--update takes names of packages'],
  ])('refuses %s', async (_, name, hint) => {
    await publish(['app-1'])
    await configure('[app]')
    await apko('lock', at('image.yaml'))
    const { status, err } = await apko('lock', at('image.yaml'), '--update', name)
    expect(status).toBe(1)
    expect(err).toContain(hint)
  })

  test('needs a lock file', async () => {
    await publish(['app-1'])
    const { status, err } = await apko('lock', await configure('[app]'), '--update', 'app')
    expect({ status, err }).toEqual({ status: 1, err: expect.stringContaining('LOCK_UNREADABLE') })
  })
})

describe('a bundle', () => {
  const archs = ['x86_64', 'aarch64']

  async function bundle(): Promise<void> {
    await publish(['app-1 lib', 'lib-1'], archs)
    await configure('[app]', 'archs: [x86_64, aarch64]\n')
    const { status, err } = await apko('lock', at('image.yaml'), '--bundle', at('app.bundle'))
    expect({ status, err }).toEqual({ status: 0, err: expect.not.stringContaining('error') })
  }

  test('is all that an offline build needs, and gives the same image', async () => {
    await bundle()
    await build('--lockfile', at('image.lock.json'))
    const expected = await readFile(at('out.tar'))
    for (const name of ['repo', 'cache', 'out.tar', 'image.lock.json']) await rm(at(name), { recursive: true })
    const { status, err } = await build('--offline', '--bundle', at('app.bundle'))
    expect({ status, err }).toEqual({ status: 0, err: expect.not.stringContaining('error') })
    expect((await readFile(at('out.tar'))).equals(expected)).toBe(true)
  })

  test('has the packages as they were in the repository, and is the same each time', async () => {
    await bundle()
    const bytes = await readFile(at('app.bundle'))
    const members = parseTar(bytes)
    const names = members.map(({ header }) => header.path.replace(/[0-9a-f]{40}/, 'SHA1'))
    expect(names).toEqual([
      'apko-ts-bundle-v1',
      'lock.json',
      'keys/x86_64/test.rsa.pub',
      'keys/aarch64/test.rsa.pub',
      'packages/SHA1/lib-1-r0.apk',
      'packages/SHA1/app-1-r0.apk',
      'packages/SHA1/lib-1-r0.apk',
      'packages/SHA1/app-1-r0.apk',
    ])
    const original = await readFile(at('repo/aarch64/app-1-r0.apk'))
    expect(Buffer.from(members.at(-1)!.content).equals(original)).toBe(true)
    await rm(at('cache'), { recursive: true })
    await apko('lock', at('image.yaml'), '--bundle', at('again.bundle'))
    expect((await readFile(at('again.bundle'))).equals(bytes)).toBe(true)
  })

  test('gets sound packages although the cache has damaged ones', async () => {
    await bundle()
    const expected = await readFile(at('app.bundle'))
    const damaged = (await readdir(at('cache'), { recursive: true })).filter((name) => name.endsWith('.dat.tar.gz'))
    for (const name of damaged) await truncate(at(`cache/${name}`), 20)
    expect(damaged).toHaveLength(4)
    await apko('lock', at('image.yaml'), '--bundle', at('app.bundle'))
    expect((await readFile(at('app.bundle'))).equals(expected)).toBe(true)
  })

  test.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 2000), /BUNDLE_UNREADABLE|CONTENT_TRUNCATED/],
    ['empty', () => Buffer.alloc(0), /BUNDLE_UNREADABLE/],
    ['something else', (bytes: Buffer) => bytes.subarray(512), /BUNDLE_UNREADABLE/],
    ['changed in a package', flip(-2000), /app-1-r0\.apk/],
    ['with another lock file', edit('sha256-', 'sha255-'), /LOCK_STALE/],
    ['with a lock file that is none', edit('{\n', 'x\n'), /LOCK_UNREADABLE/],
  ])('%s is refused, and the cache stays sound', async (_, damage, message) => {
    await bundle()
    await writeFile(at('bad.bundle'), damage(await readFile(at('app.bundle'))))
    await rm(at('cache'), { recursive: true })
    const { status, err } = await build('--offline', '--bundle', at('bad.bundle'))
    expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(message) })
    expect((await build('--offline', '--bundle', at('app.bundle'))).status).toBe(0)
  })

  test('that lacks a package names it', async () => {
    await bundle()
    const bytes = await readFile(at('app.bundle'))
    await writeFile(
      at('bad.bundle'),
      Buffer.from(bytes.toString('latin1').replaceAll('packages/', 'pakcages/'), 'latin1'),
    )
    await rm(at('cache'), { recursive: true })
    await rm(at('repo'), { recursive: true })
    const { status, err } = await build('--offline', '--bundle', at('bad.bundle'))
    expect({ status, err }).toEqual({ status: 1, err: expect.stringMatching(/(lib|app)-1-r0\.apk/) })
  })
})

function flip(position: number): (bytes: Buffer) => Buffer {
  return (bytes) => {
    const copy = Buffer.from(bytes)
    copy[copy.length + position]! ^= 0xff
    return copy
  }
}

function edit(from: string, to: string): (bytes: Buffer) => Buffer {
  return (bytes) => Buffer.from(bytes.toString('latin1').replace(from, to), 'latin1')
}
