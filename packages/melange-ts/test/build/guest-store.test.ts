import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { ownerText } from '@apkts/cache'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { guestsIn, removeGuests, storedGuest } from '../../src/build/guest-store.ts'

let store: string
beforeEach(async () => {
  store = await mkdtemp(join(tmpdir(), 'guest-store-'))
})
afterEach(() => rm(store, { recursive: true, force: true }))

const FACTS = { ownerNames: { users: new Map([[0, 'root']]), groups: new Map([[7, 'seven']]) }, linked: true, bytes: 1 }
const keyOf = (text: string): string => createHash('sha256').update(text).digest('hex')

let made = 0
async function guest(text: string) {
  return storedGuest(store, keyOf(text), async (directory) => {
    made += 1
    await mkdir(join(directory, 'usr'), { recursive: true })
    await writeFile(join(directory, 'file'), text)
    await writeFile(join(directory, 'usr/inner'), text)
    return FACTS
  })
}

const guests = async () => (await readdir(store)).filter((name) => /^[0-9a-f]{64}-[0-7]+$/.test(name))

test('equal contents are made once, others apart', async () => {
  made = 0
  const [first, again, other] = [await guest('a'), await guest('a'), await guest('b')]
  expect(made).toBe(2)
  expect(again.directory).toBe(first.directory)
  expect(await readFile(join(other.directory, 'file'), 'utf8')).toBe('b')
})

test('concurrent makers agree on one, and leave nothing else', async () => {
  const found = await Promise.all(Array.from({ length: 6 }, () => guest('a')))
  expect(new Set(found.map(({ directory }) => directory)).size).toBe(1)
  for (const { release } of found) await release()
  expect(await readdir(store)).toEqual(await guests())
})

test('a guest that cannot be made leaves nothing', async () => {
  const failing = storedGuest(store, keyOf('a'), async (directory) => {
    await mkdir(directory)
    throw new Error('disk full')
  })
  await expect(failing).rejects.toThrow('disk full')
  expect(await readdir(store)).toEqual([])
})

test('the least recently used guests go, but never one in use', async () => {
  const used = await guest('in use')
  await utimes(used.directory, 1, 1)
  const idle = await guest('idle')
  await utimes(idle.directory, 2, 2)
  await idle.release()
  for (const text of ['a', 'b', 'c', 'd']) await (await guest(text)).release()
  expect(await readFile(join(used.directory, 'file'), 'utf8')).toBe('in use')
  await expect(readFile(join(idle.directory, 'file'))).rejects.toMatchObject({ code: 'ENOENT' })
  expect(await guests()).toHaveLength(5)
})

test('guests are listed and removed by name, but never one in use', async () => {
  const [used, idle] = [await guest('in use'), await guest('idle')]
  await idle.release()
  const gone = ownerText().replace(/^\d+/, '4194304')
  const [dead, alive] = [`${'0'.repeat(64)}-22.abc.new`, `${'1'.repeat(64)}-22.abc.new`]
  for (const [name, owner] of [[dead, gone] as const, [alive, ownerText()] as const]) {
    await mkdir(join(store, name))
    await writeFile(join(store, name, 'half'), '1234567')
    await writeFile(join(store, `${name}.owner`), owner)
  }
  const names = [idle, used].map(({ directory }) => basename(dirname(directory)))
  const listed = Object.fromEntries((await guestsIn(store)).map(({ name, usedAt: _, ...rest }) => [name, rest]))
  expect(listed).toEqual({
    [names[0]!]: { size: 1, inUse: false, complete: true },
    [names[1]!]: { size: 1, inUse: true, complete: true },
    [dead]: { size: 7, inUse: false, complete: false },
    [alive]: { size: 7, inUse: true, complete: false },
  })
  expect((await removeGuests(store, Object.keys(listed))).sort()).toEqual([dead, names[0]!].sort())
  expect((await guestsIn(store)).map(({ name }) => name).sort()).toEqual([alive, names[1]!].sort())
  expect(await guestsIn(join(store, 'nowhere'))).toEqual([])
})

test('what a killed build left is cleared away after a day', async () => {
  const name = `${'0'.repeat(64)}.abc`
  await mkdir(join(store, `${name}.new`))
  await writeFile(join(store, `${name}.lease`), '')
  for (const suffix of ['new', 'lease']) await utimes(join(store, `${name}.${suffix}`), 1, 1)
  await (await guest('a')).release()
  expect(await readdir(store)).toEqual(await guests())
})

test.each<[string, (directory: string) => Promise<unknown>]>([
  ['lost a file', (directory) => rm(join(directory, 'usr/inner'))],
  ['got a file', (directory) => writeFile(join(directory, 'usr/more'), '')],
  ['lost its root', (directory) => rm(directory, { recursive: true })],
  ['lost its facts', (directory) => rm(join(directory, '../facts.json'))],
])('a guest that was changed is made anew: it %s', async (_, change) => {
  const first = await guest('a')
  await first.release()
  await change(first.directory)
  made = 0
  const again = await guest('a')
  expect(made).toBe(1)
  expect(await readdir(again.directory)).toEqual(['file', 'usr'])
  expect(await readFile(join(again.directory, 'usr/inner'), 'utf8')).toBe('a')
  expect(again.facts).toEqual(FACTS)
})

test('what a killed build left is cleared away at once where its process is seen to be gone', async () => {
  const name = `${'0'.repeat(64)}-22.abc`
  const gone = ownerText().replace(/^\d+/, '4194304')
  await mkdir(join(store, `${name}.new`))
  await writeFile(join(store, `${name}.new.owner`), gone)
  await writeFile(join(store, `${name}.lease`), gone)
  await (await guest('a')).release()
  expect(await readdir(store)).toEqual(await guests())
})
