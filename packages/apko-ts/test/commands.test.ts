import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { EMPTY_IMAGE_CONFIG } from '@apkts/config'
import { silentLog } from '@apkts/diagnostics'
import { type CommandContext, parseOptions } from '@apkts/diagnostics/cli'
import { sha256Hex, utf8Decode } from '@apkts/encoding'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ArchPlan } from '../src/build/arch-plan.ts'
import { commands } from '../src/cli/index.ts'
import { repaired } from '../src/commands/repairs.ts'
import { makeKey, makeRepository, type TestKey } from './support/repository.ts'
import { runCommand } from './support/run.ts'

let home: string
let key: TestKey
let cwd: string
let count = 0

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-commands-'))
  key = await makeKey('test')
  const common = [{ name: 'app', dependencies: ['lib'] }, { name: 'lib', provides: ['so:lib.so.1=1'] }, { name: 's6' }]
  const repository = join(home, 'repo')
  await makeRepository(repository, {
    arch: 'x86_64',
    key,
    packages: [...common, { name: 'lib', version: '2.0-r0', provides: ['so:lib.so.1=1'] }],
  })
  await makeRepository(repository, { arch: 'aarch64', key, packages: common })
  await makeRepository(join(home, 'edge'), {
    arch: 'x86_64',
    key,
    packages: [{ name: 'tool', dependencies: ['only-edge'] }, { name: 'only-edge' }],
  })
})
afterAll(() => rm(home, { recursive: true, force: true }))

beforeEach(async () => {
  cwd = join(home, `case-${count++}`)
  await mkdir(cwd)
})

const at = (name: string) => join(cwd, name)
const cache = () => ['--cache-dir', join(home, 'cache')]

async function writeConfig(more = '', packages = '[app]'): Promise<string> {
  const contents = `contents:\n  keyring: [${home}/repo/test.rsa.pub]\n  repositories: [${home}/repo]\n  packages: ${packages}\n`
  await writeFile(at('image.yaml'), `${contents}${more}`)
  return at('image.yaml')
}

async function build(config: string, ...flags: string[]) {
  return runCommand([
    'build',
    config,
    'team/app:1',
    at('out.tar'),
    '--sbom-path',
    cwd,
    '--vcs=false',
    ...cache(),
    ...flags,
  ])
}

async function readArchive(path = at('out.tar')) {
  const members = new Map(parseTar(await readFile(path)).map(({ header, content }) => [header.path, content]))
  const json = (name: string) => JSON.parse(utf8Decode(members.get(name)!)) as Record<string, unknown>
  return { members, json }
}

async function layerText(path: string): Promise<string> {
  const { members } = await readArchive()
  const layer = [...members].find(([name]) => name.endsWith('.tar.gz'))
  const found = parseTar(gunzipAll(layer![1], 1 << 24)).find(({ header }) => header.path === path)
  return utf8Decode(found!.content)
}

describe('build', () => {
  test.each(['gzip:1', 'none'])('--compression %s gives the same image in other layers', async (compression) => {
    const config = await writeConfig('archs: [x86_64]\n')
    await build(config)
    const [usual] = (await readArchive()).json('manifest.json') as unknown as [{ Config: string; Layers: string[] }]
    await build(config, '--compression', compression)
    const { json, members } = await readArchive()
    const [other] = json('manifest.json') as unknown as [{ Config: string; Layers: string[] }]
    expect(other.Config).toBe(usual.Config)
    expect(other.Layers).not.toEqual(usual.Layers)
    expect(other.Layers.every((name) => members.has(name))).toBe(true)
  })

  test('writes an archive with one image per architecture, under the newest build both have', async () => {
    await build(await writeConfig('archs: [aarch64, x86_64]\n'))
    const { json } = await readArchive()
    expect(json('manifest.json')).toMatchObject([
      { RepoTags: ['index.docker.io/team/app:1-amd64'] },
      { RepoTags: ['index.docker.io/team/app:1-arm64'] },
    ])
    expect(await layerText('etc/apk/world')).toBe('app=1.0-r0\nlib=1.0-r0\n')
    expect((await readdir(cwd)).filter((name) => name.startsWith('sbom'))).toEqual([
      'sbom-aarch64.spdx.json',
      'sbom-index.spdx.json',
      'sbom-x86_64.spdx.json',
    ])
  })

  test('gives the same bytes again, and with a fresh cache', async () => {
    const config = await writeConfig('archs: [x86_64]\nlayering: {strategy: origin, budget: 2}\n')
    const digests = []
    for (const directory of ['a', 'a', 'b']) {
      await build(config, '--cache-dir', at(directory))
      digests.push(sha256Hex(await readFile(at('out.tar'))))
    }
    expect(new Set(digests).size).toBe(1)
  })

  test('works where nothing can be cached', async () => {
    const config = await writeConfig('archs: [x86_64]\n')
    await writeFile(at('no-directory'), '')
    await build(config, '--cache-dir', at('no-directory'))
    expect(await layerText('usr/share/app')).toBe('app')
  })

  test('into an existing directory makes an OCI layout', async () => {
    const config = await writeConfig('archs: [x86_64]\n')
    await mkdir(at('layout'))
    await runCommand(['build', config, 'app', at('layout'), '--sbom=false', '--vcs=false', ...cache()])
    expect((await readdir(at('layout'))).sort()).toEqual(['blobs', 'index.json', 'oci-layout'])
    expect((await readdir(cwd)).some((name) => name.startsWith('sbom'))).toBe(false)
  })

  test('from a lock file installs what it says, whatever the repository has now', async () => {
    const config = await writeConfig('archs: [x86_64]\n')
    await runCommand(['lock', config, ...cache()])
    const lock = await readFile(at('image.lock.json'), 'utf8')
    await writeFile(at('older.json'), lock.replaceAll(/lib-2\.0/g, 'lib-1.0').replaceAll('2.0-r0', '1.0-r0'))
    await build(config, '--lockfile', at('image.lock.json'))
    expect(await layerText('etc/apk/world')).toBe('app=1.0-r0\nlib=2.0-r0\n')
    await expect(build(config, '--lockfile', at('older.json'))).rejects.toThrow(/lib/)
  })

  test.each([
    ['another configuration', (lock: string) => lock.replace(/sha256-[^"]+/, 'sha256-x'), 'LOCK_STALE'],
    ['no checksum', (lock: string) => lock.replaceAll(/"Q1[^"]+"/g, '""'), 'LOCK_INCOMPLETE'],
    ['no architecture', (lock: string) => lock.replaceAll('"x86_64"', '"noarch"'), 'LOCK_INCOMPLETE'],
    ['another architecture', (lock: string) => lock.replaceAll('"x86_64"', '"riscv64"'), 'LOCK_INCOMPLETE'],
    ['half a file', (lock: string) => lock.slice(0, 100), 'LOCK_UNREADABLE'],
  ])('refuses a lock file of %s', async (_, damage, code) => {
    const config = await writeConfig('archs: [x86_64]\n')
    await runCommand(['lock', config, '--output', at('lock.json'), ...cache()])
    await writeFile(at('lock.json'), damage(await readFile(at('lock.json'), 'utf8')))
    await expect(build(config, '--lockfile', at('lock.json'))).rejects.toMatchObject({ code })
  })

  test('finds a package again that only a tagged repository has', async () => {
    const config = await writeConfig('archs: [x86_64]\n', '[tool@edge]')
    await build(config, '-b', `@edge ${home}/edge`)
    expect(await layerText('etc/apk/world')).toBe('only-edge=1.0-r0@edge\ntool=1.0-r0@edge\n')
  })

  test('keeps both spellings of added packages and of the service manager in world', async () => {
    await build(await writeConfig('archs: [x86_64]\nentrypoint: {type: service-bundle}\n'), '-p', 'so:lib.so.1')
    expect(await layerText('etc/apk/world')).toBe('app=1.0-r0\nlib=2.0-r0\ns6\ns6=1.0-r0\nso:lib.so.1\n')
  })

  test.each([
    ['contents: {}\n', 'NO_REPOSITORY'],
    ['layering: {strategy: size}\n', 'LAYERING_STRATEGY_UNKNOWN'],
    ['layering: {strategy: origin, budget: -1}\n', 'LAYERING_BUDGET_INVALID'],
    ['cmd: "a \'b"\n', 'WORD_SPLITTING'],
  ])('refuses %j before fetching anything, and leaves nothing', async (text, code) => {
    await writeConfig(text)
    if (text.startsWith('contents')) await writeFile(at('image.yaml'), text)
    await expect(build(at('image.yaml'), '--arch', 'x86_64', '--cache-dir', at('cache'))).rejects.toMatchObject({
      code,
    })
    expect(await readdir(cwd)).toEqual(['image.yaml'])
  })

  test.each([
    [['--sbom-path', '/dev/null/gone'], 'OUTPUT'],
    [['--annotations', 'Bad:x'], 'ANNOTATION'],
    [['--compression', 'lzma'], 'COMPRESSION'],
    [['--build-date', 'today'], 'BUILD_DATE'],
  ])('refuses %j', async (flags, code) => {
    const config = await writeConfig('archs: [x86_64]\n')
    await expect(build(config, ...flags)).rejects.toMatchObject({ code })
    expect(await readdir(cwd)).toEqual(['image.yaml'])
  })

  test('says which line asked for a package that cannot be had, and for which architecture', async () => {
    const failing = build(await writeConfig('archs: [aarch64]\n', '[app, lib>1.0-r0]'))
    await expect(failing).rejects.toMatchObject({
      at: { file: at('image.yaml'), line: 4, column: 19 },
      notes: expect.arrayContaining(['while resolving for aarch64']),
    })
  })

  test('leaves an earlier output as it was when it fails or is interrupted', async () => {
    const config = await writeConfig('archs: [x86_64]\n', '[app, nothing-like-it]')
    await writeFile(at('out.tar'), 'earlier')
    await expect(build(config)).rejects.toThrow(/nothing-like-it/)
    const interrupted = AbortSignal.abort(new Error('interrupted'))
    const argv = ['build', await writeConfig('archs: [x86_64]\n'), 'app', at('out.tar'), '--sbom-path', cwd, ...cache()]
    await expect(runCommand(argv, {}, interrupted)).rejects.toThrow('interrupted')
    expect((await readdir(cwd)).sort()).toEqual(['image.yaml', 'out.tar'])
    expect(await readFile(at('out.tar'), 'utf8')).toBe('earlier')
  })

  test('dates the image by SOURCE_DATE_EPOCH, else by its newest package', async () => {
    const config = await writeConfig('archs: [x86_64]\n')
    const argv = ['build', config, 'app', at('out.tar'), '--sbom=false', '--vcs=false', ...cache()]
    const created = async (env: Record<string, string>) => {
      await runCommand(argv, env)
      const { json } = await readArchive()
      return (json('index.json').annotations as Record<string, string>)['org.opencontainers.image.created']
    }
    expect(await created({})).toBe('2023-11-14T22:13:20Z')
    expect(await created({ SOURCE_DATE_EPOCH: '1600000000' })).toBe('2020-09-13T12:26:40Z')
  })
})

describe('lock', () => {
  test('resolves every architecture on its own and records segments that are the bytes of the package', async () => {
    const config = await writeConfig('archs: [x86_64, aarch64, x86_64]\n')
    await runCommand(['lock', config, ...cache()])
    const lock = JSON.parse(await readFile(at('image.lock.json'), 'utf8'))
    const packages = lock.contents.packages as {
      name: string
      version: string
      architecture: string
      url: string
      data: { range: string }
    }[]
    expect(packages.map(({ name, version, architecture }) => `${architecture} ${name}=${version}`)).toEqual([
      'x86_64 lib=2.0-r0',
      'x86_64 app=1.0-r0',
      'aarch64 lib=1.0-r0',
      'aarch64 app=1.0-r0',
    ])
    const end = Number(/-(\d+)$/.exec(packages[0]!.data.range)![1])
    expect((await readFile(packages[0]!.url)).length).toBe(end + 1)
    expect(lock.config.name).toBe(config)
  })

  test('resolve is its old name', async () => {
    const { warnings } = await runCommand(['resolve', await writeConfig('archs: [x86_64]\n'), ...cache()])
    expect(warnings.join()).toContain('lock')
    expect(await readdir(cwd)).toContain('image.resolved.json')
  })
})

describe('show-packages', () => {
  test.each([
    ['name=version', 'lib=2.0-r0\napp=1.0-r0\n'],
    ['{{ .Name }}!', 'lib!\napp!\n'],
  ])('prints %s', async (format, expected) => {
    const config = await writeConfig()
    const argv = ['show-packages', config, '--arch', 'x86_64', '--format', format, ...cache()]
    expect((await runCommand(argv)).printed).toBe(expected)
  })

  test('takes only builds that every architecture has', async () => {
    const argv = ['show-packages', await writeConfig(), '--arch', 'x86_64,aarch64', ...cache()]
    expect((await runCommand(argv)).printed).toBe('lib 1.0-r0\napp 1.0-r0\n'.repeat(2))
  })
})

describe('show-config', () => {
  test('prints the completed configuration', async () => {
    const config = await writeConfig('accounts: {users: [{username: u, uid: 5}]}\n')
    expect((await runCommand(['show-config', config, ...cache()])).printed).toContain('homedir: /home/u')
  })

  test('wants readable keys', async () => {
    await writeFile(at('image.yaml'), 'contents: {repositories: [x], keyring: [missing.pub]}\n')
    await expect(runCommand(['show-config', at('image.yaml'), ...cache()])).rejects.toThrow('missing.pub')
  })
})

test('dot prints the graph of the first architecture, and a node for a failure', async () => {
  const config = await writeConfig('archs: [x86_64, aarch64]\n')
  expect((await runCommand(['dot', config, ...cache()])).printed).toContain('app -> lib')
  const broken = await writeConfig('archs: [x86_64]\n', '[nope]')
  expect((await runCommand(['dot', broken, ...cache()])).printed).toContain('❌')
})

describe('root file systems without an image', () => {
  test('a tar holds the packages as written in world', async () => {
    const config = await writeConfig()
    await runCommand(['build-minirootfs', config, at('root.tar'), '--build-arch', 'aarch64', ...cache()])
    const members = parseTar(await readFile(at('root.tar')))
    expect(utf8Decode(members.find(({ header }) => header.path === 'etc/apk/world')!.content)).toBe('app\n')
  })

  test('a cpio archive starts with the root directory and ends with its trailer', async () => {
    const config = await writeConfig()
    await runCommand(['build-cpio', config, at('root.cpio'), '--build-arch', 'x86_64', ...cache()])
    const bytes = await readFile(at('root.cpio'))
    expect(bytes.subarray(0, 6).toString()).toBe('070701')
    expect(bytes.subarray(-14).toString()).toMatch(/^TRAILER!!!\0+$/)
    await runCommand(['build-cpio', config, at('root.cpio.gz'), '--build-arch', 'x86_64', ...cache()])
    expect(Buffer.compare(gunzipAll(await readFile(at('root.cpio.gz')), 1 << 24), bytes)).toBe(0)
  })

  test('layers are refused', async () => {
    const config = await writeConfig('layering: {strategy: origin, budget: 1}\n')
    const argv = ['build-minirootfs', config, at('root.tar'), '--build-arch', 'x86_64', ...cache()]
    await expect(runCommand(argv)).rejects.toMatchObject({ code: 'LAYERING' })
  })
})

describe('clean', () => {
  test('removes the cache, or only says so', async () => {
    await mkdir(at('cache'))
    await writeFile(at('cache/x'), 'x')
    await chmod(at('cache/x'), 0o600)
    await runCommand(['clean', '--cache-dir', at('cache'), '--dry-run'])
    expect(await readdir(cwd)).toEqual(['cache'])
    await runCommand(['clean', '--cache-dir', at('cache')])
    await runCommand(['clean', '--cache-dir', at('cache')])
    expect(await readdir(cwd)).toEqual([])
  })

  test('refuses a file and an unknown place', async () => {
    await writeFile(at('file'), '')
    await expect(runCommand(['clean', '--cache-dir', at('file')])).rejects.toThrow('not a directory')
    await expect(runCommand(['clean'], {})).rejects.toThrow(/cache directory/)
  })
})

describe('--json', () => {
  const json = async (...argv: string[]) => JSON.parse((await runCommand([...argv, '--json', ...cache()])).printed)

  test('build prints the digests of what it wrote', async () => {
    const config = await writeConfig('archs: [x86_64]\n')
    const flags = ['--sbom=false', '--vcs=false', '-o', at('out.tar')]
    const built = await json('build', config, ...flags)
    const manifest = (await readArchive()).json('manifest.json') as unknown as { Config: string; Layers: string[] }[]
    expect(built).toMatchObject({
      output: { kind: 'docker-archive', path: at('out.tar'), tag: 'image:latest' },
      images: [{ arch: 'x86_64', platform: { architecture: 'amd64' }, imageId: manifest[0]!.Config }],
    })
    expect(`${built.images[0].layers[0].digest.slice(7)}.tar.gz`).toBe(manifest[0]!.Layers[0])
    expect((await readArchive()).members.has(built.images[0].manifest)).toBe(true)
  })

  test('lock, show-packages, show-config and dot', async () => {
    const config = await writeConfig('archs: [x86_64]\nlayering: {}\n')
    expect(await json('lock', config, '-o', at('l.json'))).toEqual({
      output: at('l.json'),
      packages: [
        { name: 'lib', version: '2.0-r0', arch: 'x86_64' },
        { name: 'app', version: '1.0-r0', arch: 'x86_64' },
      ],
    })
    expect(await json('show-packages', config)).toMatchObject({
      architectures: [
        {
          arch: 'x86_64',
          packages: [
            { name: 'lib', license: 'MIT' },
            { name: 'app', version: '1.0-r0' },
          ],
        },
      ],
    })
    expect(await json('show-config', config)).toMatchObject({ contents: { packages: ['app'] }, layering: {} })
    expect(await json('dot', config)).toMatchObject({
      nodes: expect.arrayContaining([{ name: 'app', label: 'app-1.0-r0', tooltip: 'test package app' }]),
      edges: expect.arrayContaining([{ from: 'app', to: 'lib' }]),
    })
  })
})

describe('what is done better than apko on request', () => {
  test('variants of one architecture get tags of their own, else a warning', async () => {
    for (const arch of ['armhf', 'armv7']) {
      await makeRepository(join(home, 'arms'), { arch, key, packages: [{ name: 'app' }] })
    }
    const text = `contents: {keyring: [${home}/arms/test.rsa.pub], repositories: [${home}/arms], packages: [app]}`
    await writeFile(at('image.yaml'), `${text}\narchs: [armhf, armv7]\n`)
    const tags = async () => {
      const entries = (await readArchive()).json('manifest.json') as unknown as { RepoTags: string[] }[]
      return entries.flatMap(({ RepoTags }) => RepoTags)
    }
    const { warnings } = await build(at('image.yaml'))
    expect(await tags()).toEqual(['index.docker.io/team/app:1-arm'])
    expect(warnings.filter((warning) => warning.includes('arm/v6'))).toHaveLength(1)
    const better = await build(at('image.yaml'), '--variant-tags')
    expect(await tags()).toEqual(['index.docker.io/team/app:1-armv6', 'index.docker.io/team/app:1-armv7'])
    expect(better.warnings.filter((warning) => warning.includes('arm/v6'))).toEqual([])
  })

  test.each(['streamable-links', 'skip-foreign-libraries'])('--%s reaches the plan', async (flag) => {
    const spec = commands.find(({ name }) => name === 'build')!
    const { options } = parseOptions([`--${flag}`], spec.options)
    const plans = repaired([{ config: EMPTY_IMAGE_CONFIG } as ArchPlan], { options, log: silentLog } as CommandContext)
    expect(Object.values(plans[0]!).filter((value) => value === true)).toEqual([true])
  })
})

describe('the arguments of build', () => {
  test.each([
    [['image.yaml'], /3 arguments/],
    [['image.yaml', 'tag'], /3 arguments/],
    [['image.yaml', 'tag', 'out.tar', '-o', 'out.tar'], /1 or 2 arguments beside --output/],
  ])('%j is refused', async (args, message) => {
    await expect(runCommand(['build', ...args])).rejects.toThrow(message)
  })
})
