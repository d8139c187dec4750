import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../src/commands.ts'
import { installPackages } from '../src/installed.ts'
import { nodeRelease } from '../src/node-releases.ts'
import { cannotBuild, MADE, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'
import { prepareReadmes, readmeProgram, runReadme } from '../src/readme.ts'

const FOLDERS = await readdir(join(ROOT, 'packages'))
/** Their examples run steps. */
const BUILDING = ['melange-ts', 'sandbox']
/** The oldest release that the packages are for, and the newest of each later line that was tried. */
const RELEASES = ['20.19.0', '22.23.3', '24.21.0']

let home: string
let tarballs: readonly string[]
beforeAll(async () => {
  ;({ home, tarballs } = await installPackages())
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('every package', () => {
  test('is packed, with its licence', async () => {
    expect(tarballs).toHaveLength(FOLDERS.length)
    for (const tarball of tarballs) {
      const { stdout } = await execa('tar', ['-tzf', tarball])
      const names = ['package/LICENSE', 'package/README.md', 'package/package.json']
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(names))
    }
  })

  test.each(['apko-ts', 'melange-ts'])(
    '%s has the files of its build, and none that earlier ones have left',
    async (name) => {
      const { stdout } = await execa('tar', ['-tzf', tarballs[FOLDERS.indexOf(name)]!])
      const packed = stdout.split('\n').filter((path) => /^package\/dist\/.*\.js$/.test(path))
      const built = JSON.parse(await readFile(join(ROOT, 'packages', name, 'dist/outputs.json'), 'utf8')) as string[]
      const wanted = built.filter((path) => path.endsWith('.js')).map((path) => `package/dist/${path}`)
      expect(packed.sort()).toEqual(wanted.sort())
    },
  )

  test.each(FOLDERS)('%s has entries that exist and types that match (publint)', async (name) => {
    const tarball = tarballs[FOLDERS.indexOf(name)]!
    const { messages, pkg } = await publint({ pack: { tarball: await readTarball(tarball) }, strict: true })
    expect(pkg.name).toBe(JSON.parse(await readFile(join(ROOT, 'packages', name, 'package.json'), 'utf8')).name)
    // A shell starts melange-ts, which gives node an argument that a first line cannot give everywhere.
    const found = messages.filter(({ code }) => code !== 'BIN_FILE_NOT_EXECUTABLE' || name !== 'melange-ts')
    expect(found.map((message) => formatMessage(message, pkg))).toEqual([])
  })
})

async function readTarball(path: string): Promise<ArrayBuffer> {
  return new Uint8Array(await readFile(path)).buffer
}

describe.skipIf(cannotBuild)(`installed in an empty folder${why}`, () => {
  const run = (command: string, ...args: string[]) =>
    execa(join(home, 'node_modules/.bin', command), args, {
      cwd: home,
      env: { HOME: home, SOURCE_DATE_EPOCH: '1700000000' },
    })
  const recipe = join(ROOT, 'examples/greeter/greeter.yaml')

  test('melange-ts builds a package, with the pipelines it brings', async () => {
    await run('melange-ts', 'keygen')
    const place = ['--arch', 'host', '--runner', 'bubblewrap', '--signing-key', 'melange.rsa', '--out-dir', 'packages']
    await run('melange-ts', 'build', recipe, ...place, ...TOOLCHAIN_FLAGS)
    const { stdout } = await run('melange-ts', 'verify', 'packages', '--keyring-append', 'melange.rsa.pub')
    expect(stdout).toContain('greeter')
  })

  test('apko-ts makes the same image as a program and as a library', async () => {
    const image = join(ROOT, 'examples/greeter/image.yaml')
    const added = ['--repository-append', 'packages', '--keyring-append', 'melange.rsa.pub', ...TOOLCHAIN_FLAGS]
    const place = ['greeter:1', 'greeter.tar', '--arch', 'host', '--json']
    const { stdout } = await run('apko-ts', 'build', image, ...place, ...added)
    await writeFile(join(home, 'build.mjs'), libraryUse(image))
    const library = await execa('node', ['build.mjs'], { cwd: home, env: { SOURCE_DATE_EPOCH: '1700000000' } })
    expect(library.stdout).toBe(JSON.parse(stdout).images[0].imageId)
    const [one, other] = await Promise.all(['greeter.tar', 'library.tar'].map((name) => readFile(join(home, name))))
    expect(one!.equals(other!)).toBe(true)
  })

  function libraryUse(image: string): string {
    const additions = {
      repositories: ['packages', join(MADE, 'toolchain')],
      keyring: ['melange.rsa.pub', join(MADE, 'toolchain/import.rsa.pub')],
    }
    const options = { config: image, output: 'library.tar', tag: 'greeter:1', archs: ['host'], additions }
    return `import { buildImage } from 'apko-ts'
const { index } = await buildImage({ ...${JSON.stringify(options)}, cacheDir: 'cache', env: process.env })
console.log(index.images[0].config.digest)
`
  }
})

describe('examples in READMEs', () => {
  test.for(FOLDERS)('%s: they run', async (folder, { skip }) => {
    if (BUILDING.includes(folder) && cannotBuild) skip(why)
    const place = join(home, 'readmes', folder)
    await mkdir(place, { recursive: true })
    await prepareReadmes(place, { canBuild: !cannotBuild })
    await runReadme(folder, place, join(home, 'node_modules/.bin'))
    await rm(place, { recursive: true, force: true })
  })

  test('TypeScript finds the types they use, and refuses what is wrong', async () => {
    const programs = await Promise.all(FOLDERS.map(readmeProgram))
    const sources = new Map([
      ['wrong.ts', WRONG_USE],
      ...FOLDERS.map((folder, i) => [`${folder}.ts`, programs[i]!] as const),
    ])
    for (const [name, text] of sources) await writeFile(join(home, name), text)
    const args = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023']
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
    const tsc = join(ROOT, 'node_modules/.bin/tsc')
    const { stdout } = await execa(tsc, [...args, ...types, ...sources.keys()], { cwd: home, reject: false })
    expect(stdout).toBe('')
  })
})

const WRONG_USE = `import { buildImage } from 'apko-ts'
import { buildPackage } from 'melange-ts'
// @ts-expect-error: an output is needed
buildImage({ config: 'image.yaml' })
// @ts-expect-error: a recipe is needed
buildPackage({ outDir: 'packages' })
`

describe('other releases of Node', () => {
  const IMAGE = 'contents: {repositories: [./packages], keyring: [./packages/local.rsa.pub], packages: [hello]}\n'
  let place: string
  let expected: string

  beforeAll(async () => {
    place = join(home, 'releases')
    await mkdir(place)
    await prepareReadmes(place, { canBuild: false })
    await writeFile(join(place, 'image.yaml'), IMAGE)
    await writeFile(
      join(place, 'library.mjs'),
      "import 'melange-ts'\nimport { buildImage } from 'apko-ts'\nconsole.log((await buildImage({ config: 'image.yaml', output: 'library.tar', archs: ['x86_64'] })).index.images[0].config.digest)\n",
    )
    expected = await imageId(process.execPath)
  })

  test.for(RELEASES)(
    'Node %s runs both commands, and makes the same image as a program and as a library',
    async (version, { skip }) => {
      const node = (await nodeRelease(version)) ?? skip('skipped: the npm package of this release cannot be had')
      expect((await runBy(node, 'melange-ts', ['version', '--json'])).nodeVersion).toBe(`v${version}`)
      expect(await imageId(node)).toBe(expected)
      expect((await execa(node, ['library.mjs'], { cwd: place })).stdout).toBe(expected)
    },
  )

  async function imageId(node: string): Promise<string> {
    const args = [
      'build',
      'image.yaml',
      '-o',
      'image.tar',
      '--arch',
      'x86_64',
      '--vcs=false',
      '--cache-dir',
      'cache',
      '--json',
    ]
    return (await runBy(node, 'apko-ts', args)).images[0].imageId
  }

  async function runBy(node: string, name: string, args: readonly string[]) {
    const program = join(home, 'node_modules', name, 'bin', `${name}.js`)
    return JSON.parse((await execa(node, [program, ...args], { cwd: place, env: { HOME: place } })).stdout)
  }
})
