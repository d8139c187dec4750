import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { formatYaml } from '@apkts/config'
import { silentLog } from '@apkts/diagnostics'
import { GLOBAL_OPTIONS, parseOptions } from '@apkts/diagnostics/cli'
import { sha256Hex } from '@apkts/encoding'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkSources } from '../../src/check/check.ts'
import { newCommand } from '../../src/cli/new.ts'
import { compileRecipe, createPipelineLibrary, loadRecipe } from '../../src/index.ts'
import { namesInUrl, packageName, packageVersion } from '../../src/new/names.ts'

let place: string
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'new-'))
})
afterAll(() => rm(place, { recursive: true }))

async function project(name: string, files: Readonly<Record<string, string>>): Promise<string> {
  const directory = join(place, name)
  for (const [path, text] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    await writeFile(join(directory, path), text)
  }
  return directory
}

async function make(...argv: string[]): Promise<string> {
  const { args, options } = parseOptions(argv, [...newCommand.options, ...GLOBAL_OPTIONS])
  let printed = ''
  const { run } = await newCommand.load()
  const print = (text: string): void => {
    printed += text
  }
  const signal = new AbortController().signal
  await run({ args, options, env: {}, log: silentLog, signal, version: '0', debug: false, print })
  return printed
}

const MIT =
  'Permission is hereby granted, free of charge, to any person obtaining a copy\nTHE SOFTWARE IS PROVIDED "AS IS"\n'

const PROJECTS: readonly [
  system: string,
  files: Record<string, string>,
  name: string,
  version: string,
  uses: string[],
][] = [
  [
    'autotools',
    { 'configure.ac': 'AC_INIT([Hello], [2.12], [x])\n' },
    'hello',
    '2.12',
    ['autoconf/configure', 'autoconf/make', 'autoconf/make-install', 'strip'],
  ],
  [
    'autotools with configure',
    { configure: "PACKAGE_TARNAME='hi'\nPACKAGE_VERSION='1.0'\n" },
    'hi',
    '1.0',
    ['autoconf/configure', 'autoconf/make', 'autoconf/make-install', 'strip'],
  ],
  [
    'cmake',
    { 'CMakeLists.txt': 'cmake_minimum_required(VERSION 3.1)\nproject(Zed VERSION 1.2.3 LANGUAGES C)\n' },
    'zed',
    '1.2.3',
    ['cmake/configure', 'cmake/build', 'cmake/install', 'strip'],
  ],
  [
    'meson',
    { 'meson.build': "project('mes', 'c',\n  version : '0.9',\n)\n" },
    'mes',
    '0.9',
    ['meson/configure', 'meson/compile', 'meson/install', 'strip'],
  ],
  ['go', { 'go.mod': 'module example.com/x/tool/v2\n\ngo 1.22\n' }, 'tool', '0', ['go/build', 'strip']],
  [
    'cargo',
    { 'Cargo.toml': '[package]\nname = "crab"\nversion = "0.3.1"\n\n[dependencies]\nname = "no"\n' },
    'crab',
    '0.3.1',
    ['cargo/build', 'strip'],
  ],
  [
    'python',
    { 'pyproject.toml': '[build-system]\nrequires = []\n[project]\nname = "Snake_Case"\nversion = "3.0rc1"\n' },
    'snake_case',
    '3.0_rc1',
    ['python/build-wheel'],
  ],
  [
    'python with setup.py',
    { 'setup.py': 'setup(\n  name="old",\n  version="1.0",\n)\n' },
    'old',
    '1.0',
    ['python/build-wheel'],
  ],
  [
    'npm',
    { 'package.json': '{"name": "@scope/Pad", "version": "1.0.0-beta.2", "bin": {"pad": "x"}}' },
    'pad',
    '1.0.0_beta2',
    [],
  ],
  [
    'perl',
    { 'Makefile.PL': '', 'META.json': '{"name": "Foo-Bar", "version": "0.01"}' },
    'perl-foo-bar',
    '0.01',
    ['perl/make', 'autoconf/make', 'autoconf/make-install', 'perl/cleanup'],
  ],
  ['make', { Makefile: 'all:\n' }, 'make-x', '0', ['strip']],
]

describe('every build system gives a recipe that is formatted, checks and compiles', () => {
  test.each(PROJECTS)('%s', async (system, files, name, version, uses) => {
    const directory = await project(system === 'make' ? 'make-x' : `of ${system}`, { ...files, LICENSE: MIT })
    const file = join(place, `${name}-${system}.yaml`.replaceAll(' ', '-'))
    expect(await make(directory, '--output', file)).toBe(`${file}\n`)
    const text = await readFile(file, 'utf8')
    expect(formatYaml({ file, text })).toBe(text)
    expect(text).toContain(`build it with --source-dir ${directory}\n`)
    const library = createPipelineLibrary([])
    expect(checkSources({ recipe: { file, text } }, { archs: ['x86_64', 'aarch64'], library })).toEqual([])
    const compiled = compileRecipe(await loadRecipe(file), { arch: 'x86_64' })
    expect(compiled.package).toMatchObject({ name, version, epoch: 0n, copyright: [{ license: 'MIT' }] })
    expect(compiled.pipeline.map((step) => step.uses).filter(Boolean)).toEqual(uses)
  })
})

test('what projects call themselves is taken with care', async () => {
  const manifest = {
    name: '"; rm -rf / #\n${{vars.x}}',
    version: '$(touch x)',
    description: '${{package.name}}: "x"\n- y',
  }
  const directory = await project('hostile', { 'package.json': JSON.stringify(manifest) })
  const file = join(place, 'hostile.yaml')
  await make(directory, '--output', file)
  const recipe = compileRecipe(await loadRecipe(file), { arch: 'x86_64' })
  expect(recipe.package).toMatchObject({
    name: 'rm--rf-vars.x',
    version: '0',
    description: '$ {{package.name}}: "x" - y',
  })
})

test('a file that is there is never overwritten, and what is no project is named', async () => {
  const directory = await project('twice', { Makefile: '' })
  const file = join(place, 'twice.yaml')
  await make(directory, '--output', file)
  await expect(make(directory, '--output', file)).rejects.toMatchObject({ code: 'FLAG_VALUE' })
  await expect(make(await project('empty', { 'README.md': '' }))).rejects.toMatchObject({ code: 'NO_SOURCE' })
  await expect(make(join(place, 'nowhere'))).rejects.toMatchObject({ code: 'NO_SOURCE' })
  await expect(make('ssh://-oProxyCommand=x/y', '--tag', '--upload-pack=x')).rejects.toMatchObject({
    code: 'SOURCE_INPUT',
  })
})

describe('sources from elsewhere', () => {
  let server: Server
  let archive: Uint8Array
  beforeAll(async () => {
    await project('pack/hello-2.12', { 'configure.ac': 'AC_INIT([hello],[0])', COPYING: MIT })
    await execa('tar', ['-czf', 'a.tar.gz', 'hello-2.12'], { cwd: join(place, 'pack') })
    archive = await readFile(join(place, 'pack/a.tar.gz'))
    server = createServer((_request, response) => response.end(archive)).listen(0, '127.0.0.1')
    await new Promise((resolve) => server.once('listening', resolve))
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))

  test('an archive is fetched with its checksum, its version a variable', async () => {
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/pub`
    const text = await make(`${base}/2.12/hello-2.12.tar.gz`, '--output', '-')
    expect(text).toContain(`uri: ${base}/\${{package.version}}/hello-\${{package.version}}.tar.gz\n`)
    expect(text).toContain(`expected-sha256: ${sha256Hex(archive)}\n`)
    expect(text).toContain('  version: "2.12"\n')
  })

  test('a clone of a repository is checked out by tag and commit', async () => {
    const directory = await project('cloned', { 'meson.build': "project('cloned')" })
    const git = async (...args: string[]) =>
      (await execa('git', ['-c', 'user.name=T', '-c', 'user.email=t@e', ...args], { cwd: directory })).stdout
    await git('init', '-q')
    await git('remote', 'add', 'origin', 'https://example.com/cloned.git')
    await git('add', '.')
    await git('commit', '-qm', 'x')
    await git('tag', 'v1.2.3')
    const text = await make(directory, '--output', '-')
    expect(text).toContain('  version: 1.2.3\n')
    expect(text).toContain('      repository: https://example.com/cloned.git\n')
    expect(text).toContain('      tag: v${{package.version}}\n')
    expect(text).toContain(`      expected-commit: ${await git('rev-parse', 'HEAD')}\n`)
  })
})

test.each([
  ['https://x.org/hello-2.12.1.tar.gz', { name: 'hello', version: '2.12.1' }],
  ['https://x.org/a_b-1.0rc1.tar.xz?x=1', { name: 'a_b', version: '1.0rc1' }],
  ['https://host.org/own/proj/archive/refs/tags/v1.2.zip', { name: 'proj', version: '1.2' }],
  ['https://x.org/latest.tgz', { name: 'latest' }],
])('names in %s', (url, names) => expect(namesInUrl(url)).toEqual(names))

test.each([
  ['1.2.3', '1.2.3', true],
  ['1.0.0-rc.1', '1.0.0_rc1', false],
  ['v2.0', '2.0', false],
  ['1.0+build5', '1.0', false],
  ['2024-01-02', '0', false],
  ['', '0', false],
])('version %j becomes %s', (text, version, same) => expect(packageVersion(text)).toEqual({ version, same }))

test.each([
  ['@scope/Name', 'name'],
  ['Foo::Bar', 'foo-bar'],
  ['--x y--', 'x-y'],
  ['../../etc', 'etc'],
  ['日本', 'package'],
])('name %j becomes %s', (text, name) => expect(packageName(text)).toBe(name))
