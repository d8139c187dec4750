import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipAll, parseTar } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { writeOciLayout } from '@apkts/registry'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { file, image, index, installed, layer } from './support/images.ts'
import { makeKey, makeRepository } from './support/repository.ts'
import { runCommand } from './support/run.ts'

let home: string
const at = (name: string) => join(home, name)
const baseLayer = layer([file('etc/base', 'base')])

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'apko-base-'))
  const key = await makeKey('test')
  const packages = [{ name: 'app', dependencies: ['lib'] }, { name: 'lib' }]
  await makeRepository(at('repo'), { arch: 'x86_64', key, packages })
  await writeOciLayout(at('shared/base'), index(image({ layers: [baseLayer], environment: { BASE: '1' } })))
  await mkdir(at('shared/index/x86_64'), { recursive: true })
  await writeFile(at('shared/index/x86_64/APKINDEX'), installed('lib', '1.0-r0', 'MIT'))
  const contents = `keyring: [${at('repo')}/test.rsa.pub], repositories: [${at('repo')}], packages: [app]`
  const base = 'baseimage: {image: base, apkindex: index}'
  await writeFile(at('image.yaml'), `contents: {${contents}, ${base}}\narchs: [x86_64]\n`)
})
afterAll(() => rm(home, { recursive: true, force: true }))

describe('a base image that --include-paths leads to', () => {
  const flags = () => ['--cache-dir', at('cache'), '--include-paths', at('shared')]
  const locked = async () => JSON.parse(await readFile(at('lock.json'), 'utf8')).contents.packages

  test('takes its packages out of the lock file', async () => {
    await runCommand(['lock', at('image.yaml'), '-o', at('lock.json'), ...flags()])
    expect((await locked()).map(({ name }: { name: string }) => name)).toEqual(['app'])
  })

  test('is what the layer is put on', async () => {
    const more = ['--lockfile', at('lock.json'), '--sbom=false', '--vcs=false', ...flags()]
    await runCommand(['build', at('image.yaml'), '-o', at('out.tar'), ...more])
    const members = parseTar(await readFile(at('out.tar')))
    const layers = members.filter(({ header }) => header.path.endsWith('.tar.gz'))
    expect(layers[0]!.header.path).toBe(`${baseLayer.digest.slice(7)}.tar.gz`)
    const own = parseTar(gunzipAll(layers[1]!.content, 1 << 24))
    const text = (path: string) => utf8Decode(own.find(({ header }) => header.path === path)!.content)
    expect(text('etc/apk/world')).toBe('app=1.0-r0\nlib=1.0-r0\n')
    expect(text('etc/apko.json')).toContain('"baseimage":{"image":"base","apkindex":"index"}')
  })

  test('without it, the error names what is missing', async () => {
    const argv = ['lock', at('image.yaml'), '-o', at('other.json'), '--cache-dir', at('cache')]
    await expect(runCommand(argv)).rejects.toMatchObject({
      code: 'BASE_IMAGE',
      message: expect.stringContaining('index/x86_64'),
    })
  })
})
