import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRecord, readIndexArchive } from '@apkts/apk'
import { generateKeyPair, loadPrivateKey, verifyIndex } from '@apkts/keyring'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { signIndexFile, updateIndex, withFileLock } from '../../src/index-repo/index.ts'

let directory: string
let output: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'index-test-'))
  output = join(directory, 'x86_64', 'APKINDEX.tar.gz')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const record = (name: string, description = '') => packageRecord({ name, version: '1-r0', arch: 'x86_64', description })

async function names(): Promise<string[]> {
  return readIndexArchive(await readFile(output)).records.map(({ name, description }) => name + description)
}

test('a missing index is made, an existing one grows and replaces in place', async () => {
  await updateIndex({ output, source: output, records: [record('a'), record('b')] })
  await updateIndex({ output, source: output, records: [record('c'), record('a', '!')] })
  expect(await names()).toEqual(['a!', 'b', 'c'])
})

test('without a source the index starts anew', async () => {
  await updateIndex({ output, records: [record('a')] })
  await updateIndex({ output, records: [record('b')] })
  expect(await names()).toEqual(['b'])
})

test('concurrent updates lose nothing and leave no other file', async () => {
  const packages = Array.from({ length: 12 }, (_, at) => `p${at}`)
  await Promise.all(packages.map((name) => updateIndex({ output, source: output, records: [record(name)] })))
  expect((await names()).sort()).toEqual([...packages].sort())
  expect(await readdir(join(directory, 'x86_64'))).toEqual(['APKINDEX.tar.gz'])
})

test('the lock of a process that is gone is taken over', async () => {
  await writeFile(`${output.replace('/x86_64', '')}.lock`, '999999999')
  await expect(withFileLock(output.replace('/x86_64', ''), async () => 'done')).resolves.toBe('done')
})

test('a signature is kept unless forced', async () => {
  const key = async (name: string) => loadPrivateKey((await generateKeyPair({ bits: 2048 })).privatePem, name)
  const [first, second] = [await key('first.rsa'), await key('second.rsa')]
  await updateIndex({ output, records: [record('a')], key: first })
  const before = await readFile(output)
  expect(await signIndexFile(output, second, { force: false })).toEqual(['.SIGN.RSA256.first.rsa.pub'])
  expect((await readFile(output)).equals(before)).toBe(true)
  await signIndexFile(output, second, { force: true })
  const keys = new Map([[second.name, second.publicPem]])
  expect(verifyIndex(await readFile(output), keys, output).keyName).toBe('second.rsa.pub')
  expect(await names()).toEqual(['a'])
})
