import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROOT } from '../src/commands.ts'
import { cannotBuild, MADE, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

let home: string
let tarballs: string[]
beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apkts-published-'))
  const { stdout } = await execa('npm', ['run', '-s', 'pack', '--', join(home, 'tarballs')], { cwd: ROOT })
  tarballs = stdout.split('\n').filter((line) => line.endsWith('.tgz'))
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }\n')
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], { cwd: home })
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('every package', async () => {
  const names = await readdir(join(ROOT, 'packages'))

  test('is packed, with its licence', async () => {
    expect(tarballs).toHaveLength(names.length)
    for (const tarball of tarballs) {
      const { stdout } = await execa('tar', ['-tzf', tarball])
      expect(stdout.split('\n')).toEqual(expect.arrayContaining(['package/LICENSE', 'package/package.json']))
    }
  })

  test.each(names)('%s has entries that exist and types that match (publint)', async (name) => {
    const { messages, pkg } = await publint({ pkgDir: join(ROOT, 'packages', name), strict: true })
    expect(messages.map((message) => formatMessage(message, pkg))).toEqual([])
  })
})

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
    const { stdout } = await run(
      'apko-ts',
      'build',
      image,
      'greeter:1',
      'greeter.tar',
      '--arch',
      'host',
      '--json',
      ...added,
    )
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

  test('their types are there for TypeScript', async () => {
    await writeFile(
      join(home, 'use.ts'),
      `import { buildImage, type BuiltImage } from 'apko-ts'
import { buildPackage, loadRecipe } from 'melange-ts'
import { generateKeyPair } from '@apkts/keyring'
const image: Promise<BuiltImage> = buildImage({ config: 'image.yaml', output: 'image.tar' })
image.then(({ index }) => index.images[0]?.config.digest.slice(7))
// @ts-expect-error: an output is needed
buildImage({ config: 'image.yaml' })
export const parts = { buildPackage, loadRecipe, generateKeyPair }
`,
    )
    const args = ['--noEmit', '--strict', '--skipLibCheck', '--module', 'nodenext', '--target', 'es2023', 'use.ts']
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]
    const { stdout } = await execa(join(ROOT, 'node_modules/.bin/tsc'), [...args, ...types], {
      cwd: home,
      reject: false,
    })
    expect(stdout).toBe('')
  })
})
