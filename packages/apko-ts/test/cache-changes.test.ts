import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Log, silentLog } from '@apkts/diagnostics'
import { parseOptions } from '@apkts/diagnostics/cli'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildCommand } from '../src/cli/build.ts'
import { run } from '../src/commands/build.ts'
import { makeKey, makeRepository } from './support/repository.ts'

let home = ''
const at = (name: string) => join(home, name)

beforeAll(async () => {
  home = await mkdtemp(join(tmpdir(), 'cache-changes-'))
  const packages = [{ name: 'app', text: 'what was published' }]
  await makeRepository(at('repo'), { arch: 'x86_64', key: await makeKey('test'), packages })
  const contents = `contents:\n  keyring: [${home}/repo/test.rsa.pub]\n  repositories: [${home}/repo]\n  packages: [app]\n`
  await writeFile(at('image.yaml'), `${contents}archs: [x86_64]\n`)
})
afterAll(() => rm(home, { recursive: true, force: true }))

/** Builds; `meanwhile` happens when the packages are verified and before they are read into layers. */
async function build(cache: string, meanwhile: () => void = () => {}): Promise<Buffer> {
  const argv = [at('image.yaml'), 'team/app:1', at('out.tar'), '--sbom=false', '--vcs=false', '--cache-dir', at(cache)]
  const { args, options } = parseOptions(argv, buildCommand.options)
  const stage: Log['stage'] = (name) => {
    if (name.startsWith('write layers')) meanwhile()
    return silentLog.stage(name)
  }
  const log: Log = { ...silentLog, stage, child: () => log }
  const { signal } = new AbortController()
  await run({ args, options, log, signal, env: {}, version: '0', debug: false, print: () => {} })
  return readFile(at('out.tar'))
}

function changePackage(cache: string): void {
  const names = readdirSync(at(cache), { recursive: true }) as string[]
  const file = realpathSync(join(at(cache), names.find((name) => name.endsWith('.dat.tar'))!))
  writeFileSync(file, readFileSync(file, 'latin1').replace('what was published', 'something else now'), 'latin1')
}

test('a package that changes in the cache while an image is built gets into no image and no later one', async () => {
  const expected = await build('sound')
  await rm(at('out.tar'))
  await expect(build('changed', () => changePackage('changed'))).rejects.toMatchObject({
    code: 'CACHE_CHANGED',
    message: expect.stringContaining('app-1.0-r0'),
  })
  expect(existsSync(at('out.tar'))).toBe(false)
  expect((await build('changed')).equals(expected)).toBe(true)
})
