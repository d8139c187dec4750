import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8 } from '@apkts/encoding'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { gatherKeys } from '../src/index.ts'
import { testKey } from './helpers.ts'

const [a, b] = [testKey('a.rsa'), testKey('b.rsa')]
let directory: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gather-keys-test-'))
  await mkdir(join(directory, 'keys', 'more'), { recursive: true })
  await writeFile(join(directory, 'a.rsa.pub'), a.publicPem)
  await writeFile(join(directory, 'keys', 'b.rsa.pub'), b.publicPem)
  await writeFile(join(directory, 'keys', '.hidden'), 'no key')
  await writeFile(join(directory, 'page.rsa.pub'), '<html>')
})
afterAll(() => rm(directory, { recursive: true, force: true }))

const fetch = async (url: string) => {
  if (url.includes('missing')) return { status: 404, bytes: utf8('<html>') }
  return { status: 200, bytes: utf8(url.includes('page') ? '<html>sign in</html>' : b.publicPem) }
}
const place = (name: string) => (name.startsWith('https:') ? name : join(directory, name))

test.each([
  { from: ['a.rsa.pub'], names: ['a.rsa.pub'] },
  { from: ['keys'], names: ['b.rsa.pub'] },
  { from: ['keys', 'a.rsa.pub'], names: ['b.rsa.pub', 'a.rsa.pub'] },
  { from: ['https://x.example/keys/c%40d.rsa.pub?v=1#top'], names: ['c@d.rsa.pub'] },
  { from: ['https://x.example/a.rsa.pub', 'a.rsa.pub'], names: ['a.rsa.pub'] },
])('$from gives $names', async ({ from, names }) => {
  const keys = await gatherKeys(from.map(place), fetch)
  expect([...keys.keys()]).toEqual(names)
  if (from.includes('a.rsa.pub')) expect(keys.get('a.rsa.pub')).toBe(a.publicPem)
})

test.each([
  { from: 'none.rsa.pub', code: 'KEY_UNREADABLE', named: 'none.rsa.pub' },
  { from: 'page.rsa.pub', code: 'KEY_MALFORMED', named: 'page.rsa.pub' },
  { from: 'https://x.example/missing.rsa.pub', code: 'DISCOVERY', named: 'https://x.example/missing.rsa.pub' },
  { from: 'https://x.example/page.rsa.pub', code: 'KEY_MALFORMED', named: 'https://x.example/page.rsa.pub' },
  { from: 'https://x.example/%zz.rsa.pub', code: 'KEY_NAME', named: '%zz' },
])('$from is refused: $code', async ({ from, code, named }) => {
  const expected = { code, message: expect.stringContaining(named) }
  await expect(gatherKeys([place(from)], fetch)).rejects.toMatchObject(expected)
})
