import { mkdtemp, readdir, readFile, rm, symlink } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { packageRecord, readIndexArchive, recordText } from '@apkts/apk'
import { generateKeyPair, loadPrivateKey, verifyIndex } from '@apkts/keyring'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { signIndexFile, updateIndex, withFileLock } from '../../src/index-repo/index.ts'

let directory: string
let output: string
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'index-test-'))
  output = join(directory, 'x86_64', 'APKINDEX.tar.gz')
})
afterEach(() => rm(directory, { recursive: true, force: true }))

const record = (name: string, description = '') =>
  recordText(packageRecord({ name, version: '1-r0', arch: 'x86_64', description }))

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
  await symlink(`999999999 ${hostname()}`, `${output.replace('/x86_64', '')}.lock`)
  await expect(withFileLock(output.replace('/x86_64', ''), async () => 'done')).resolves.toBe('done')
})

const key = async (name: string) => loadPrivateKey((await generateKeyPair({ bits: 2048 })).privatePem, name)
const [first, second] = [await key('first.rsa'), await key('second.rsa')]
const keysOf = (...keys: (typeof first)[]) => new Map(keys.map(({ name, publicPem }) => [name, publicPem]))

async function verifiedBy(...keys: (typeof first)[]): Promise<string> {
  return verifyIndex(await readFile(output), keysOf(...keys), output).keyName
}

describe('signing an index that is signed already', () => {
  beforeEach(() => updateIndex({ output, records: [record('a')], key: first }))

  test('by the same key changes nothing', async () => {
    const before = await readFile(output)
    expect(await signIndexFile(output, first, { existing: 'refuse' })).toBe(false)
    expect((await readFile(output)).equals(before)).toBe(true)
  })

  test('by another key is refused, and the file stays', async () => {
    const before = await readFile(output)
    const refused = { code: 'INDEX_SIGNED', message: expect.stringContaining('.SIGN.RSA256.first.rsa.pub') }
    await expect(signIndexFile(output, second, { existing: 'refuse' })).rejects.toMatchObject(refused)
    expect((await readFile(output)).equals(before)).toBe(true)
  })

  test('by a key of the same name but another pair is refused', async () => {
    const impostor = await key('first.rsa')
    await expect(signIndexFile(output, impostor, { existing: 'refuse' })).rejects.toMatchObject({
      code: 'INDEX_SIGNED',
    })
  })

  test('drops the others when forced', async () => {
    expect(await signIndexFile(output, second, { existing: 'drop' })).toBe(true)
    expect(await verifiedBy(second)).toBe('second.rsa.pub')
    await expect(verifiedBy(first)).rejects.toMatchObject({ code: 'SIGNATURE_UNKNOWN_KEY' })
    expect(await names()).toEqual(['a'])
  })

  test('keeps the others on request: either key verifies it', async () => {
    expect(await signIndexFile(output, second, { existing: 'keep' })).toBe(true)
    expect(await verifiedBy(first)).toBe('first.rsa.pub')
    expect(await verifiedBy(second)).toBe('second.rsa.pub')
    expect(await signIndexFile(output, [first, second], { existing: 'refuse' })).toBe(false)
  })
})

describe('records are taken over', () => {
  const merge = (trusted: ReturnType<typeof keysOf> | undefined) =>
    updateIndex({ output, source: output, records: [record('b')], key: first, trusted })

  test('from a source signed by a trusted key', async () => {
    await updateIndex({ output, records: [record('a')], key: second })
    await merge(keysOf(first, second))
    expect(await names()).toEqual(['a', 'b'])
    expect(await verifiedBy(first)).toBe('first.rsa.pub')
  })

  test.each([
    { from: 'an unsigned source', signer: undefined },
    { from: 'a source signed by an unknown key', signer: second },
  ])('not from $from, which stays as it was', async ({ signer }) => {
    await updateIndex({ output, records: [record('a')], key: signer })
    const before = await readFile(output)
    await expect(merge(keysOf(first))).rejects.toMatchObject({ code: 'INDEX_SOURCE' })
    expect((await readFile(output)).equals(before)).toBe(true)
    await merge(undefined)
    expect(await names()).toEqual(['a', 'b'])
  })
})

test('an index that would come out the same is not written', async () => {
  expect(await updateIndex({ output, records: [record('a')], key: first })).toBe(true)
  expect(await updateIndex({ output, records: [record('a')], key: first })).toBe(false)
})

test('a record whose text would start another record is refused', () => {
  const smuggler = () => record('a', 'x\n\nC:Q1AAAA\nP:glibc\nV:99-r0')
  expect(smuggler).toThrow(expect.objectContaining({ code: 'INDEX_FIELD' }))
})
