import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, rename, rm, stat, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { directorySize, ownerIsGone, ownerText } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { withFileLock } from '../index-repo/index.ts'
import { type GuestFacts, readGuestFacts, writeGuestFacts } from './guest-facts.ts'
import { removeTree } from './remove-tree.ts'
import { textOf } from './text-of.ts'

/** So many guests are kept whatever their size; the least recently used ones go. */
const KEPT = 4
/** More are kept while all together have no more bytes than this. */
const BUDGET = 8 * 2 ** 30
/** Name of a guest; those of older versions do not tell the umask. */
const GUEST = /^[0-9a-f]{64}(?:-[0-7]+)?$/
/** A lease or a half-made guest of that age belongs to a build that was killed, on whatever machine. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

/** A guest's root on disk that several builds share. Nobody writes to it. */
export interface StoredGuest {
  readonly directory: string
  readonly facts: GuestFacts
  /** Lets the store remove it. */
  release(): Promise<void>
}

/**
 * The guest of a key from a store of guests; `make` fills its directory when it is not there yet, or no longer as it was made.
 * Safe for many processes: a guest appears under its name when it is complete, and goes only when no build uses it.
 */
export async function storedGuest(
  store: string,
  key: string,
  make: (directory: string) => Promise<GuestFacts>,
): Promise<StoredGuest> {
  // Modes on disk depend on the umask.
  const name = `${key}-${process.umask().toString(8)}`
  const own = `${name}.${randomBytes(6).toString('hex')}`
  const lease = join(store, `${own}.lease`)
  await mkdir(store, { recursive: true, mode: 0o700 })
  const found = await withFileLock(join(store, 'guests'), async () => {
    await writeFile(lease, ownerText())
    return takeGuest(store, name)
  })
  try {
    const facts = found ?? (await makeGuest(store, name, { temporary: join(store, `${own}.new`), make }))
    await prune(store)
    return { directory: rootOf(store, name), facts, release: () => rm(lease, { force: true }) }
  } catch (error) {
    await rm(lease, { force: true })
    throw error
  }
}

/** Something in a store of environments or builds. */
export interface Stored {
  readonly name: string
  /** Bytes on disk. */
  readonly size: number
  /** Milliseconds since 1970. */
  readonly usedAt: number
  /** Of a process that runs; must stay. */
  readonly inUse: boolean
  /** False for what was never finished. */
  readonly complete: boolean
}

/** Everything in a store of guests, which need not exist. */
export async function guestsIn(store: string): Promise<Stored[]> {
  const names = existsSync(store) ? await readdir(store) : []
  const leased = await leasedGuests(store, names)
  const listed = names.filter((name) => GUEST.test(name) || /\.(?:new|old)$/.test(name))
  return Promise.all(
    listed.map(async (name) => {
      const complete = GUEST.test(name)
      const facts = complete ? await readGuestFacts(join(store, name, 'facts.json'), rootOf(store, name)) : undefined
      const size = facts?.bytes ?? (await directorySize(join(store, name)))
      const inUse = complete ? leased.has(name) : !(await isAbandoned(store, name))
      return { name, size, usedAt: Date.now() - (await ageOf(join(store, name))), inUse, complete }
    }),
  )
}

/** Removes those of some guests that nobody uses; returns their names. */
export async function removeGuests(store: string, names: readonly string[]): Promise<string[]> {
  const free = await withFileLock(join(store, 'guests'), async () => {
    const present = (await guestsIn(store)).filter(({ name, inUse }) => names.includes(name) && !inUse)
    return Promise.all(present.map(async ({ name }) => ({ name, retired: await retire(store, name) })))
  })
  await Promise.all(free.map(({ retired }) => removeTree(retired)))
  return free.map(({ name }) => name)
}

function rootOf(store: string, name: string): string {
  return join(store, name, 'root')
}

/** The facts of a guest that is there; one that was changed is taken out of the way. */
async function takeGuest(store: string, name: string): Promise<GuestFacts | undefined> {
  const facts = await readGuestFacts(join(store, name, 'facts.json'), rootOf(store, name))
  try {
    if (facts === undefined) await retire(store, name)
    else await utimes(join(store, name), new Date(), new Date())
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
  return facts
}

interface Making {
  readonly temporary: string
  readonly make: (directory: string) => Promise<GuestFacts>
}

async function makeGuest(store: string, name: string, { temporary, make }: Making): Promise<GuestFacts> {
  try {
    await mkdir(temporary)
    await writeFile(`${temporary}.owner`, ownerText())
    const facts = await make(join(temporary, 'root'))
    await writeGuestFacts(join(temporary, 'facts.json'), join(temporary, 'root'), facts)
    await rename(temporary, join(store, name))
    return facts
  } catch (error) {
    await removeTree(temporary)
    // Another build was first with the same guest.
    const taken = isSystemError(error, 'ENOTEMPTY') || isSystemError(error, 'EEXIST')
    const facts = taken ? await readGuestFacts(join(store, name, 'facts.json'), rootOf(store, name)) : undefined
    if (facts === undefined) throw error
    return facts
  } finally {
    await rm(`${temporary}.owner`, { force: true })
  }
}

async function prune(store: string): Promise<void> {
  const removed = await withFileLock(join(store, 'guests'), async () => {
    const names = await readdir(store)
    const gone = [...(await leftovers(store, names)), ...(await surplus(store, names))]
    return Promise.all(gone.map((name) => (name.endsWith('.old') ? join(store, name) : retire(store, name))))
  })
  await Promise.all(removed.map(removeTree))
}

/** Renames what is to go, so that nobody finds it any more. */
async function retire(store: string, name: string): Promise<string> {
  const retired = join(store, `${name}.${randomBytes(6).toString('hex')}.old`)
  await rename(join(store, name), retired)
  return retired
}

/** What builds that were killed left, and guests that were found changed and that nobody uses any more. */
async function leftovers(store: string, names: readonly string[]): Promise<string[]> {
  const candidates = names.filter((name) => /\.(?:new|owner|lease|old)$/.test(name))
  const abandoned = await Promise.all(candidates.map((name) => isAbandoned(store, name)))
  return candidates.filter((_, at) => abandoned[at])
}

async function isAbandoned(store: string, name: string): Promise<boolean> {
  if ((await ageOf(join(store, name))) > ABANDONED_MS) return true
  const owner = name.endsWith('.new') ? `${name}.owner` : name
  return !name.endsWith('.old') && ownerIsGone(await textOf(join(store, owner)))
}

/** Guests that nobody uses beyond what is kept. */
async function surplus(store: string, names: readonly string[]): Promise<string[]> {
  const leased = await leasedGuests(store, names)
  const guests = names.filter((name) => GUEST.test(name))
  const ages = new Map(await Promise.all(guests.map(async (name) => [name, await ageOf(join(store, name))] as const)))
  const newestFirst = guests.sort((a, b) => ages.get(a)! - ages.get(b)!)
  const beyond = newestFirst.length > KEPT ? await beyondBudget(store, newestFirst) : []
  return beyond.filter((name) => !leased.has(name))
}

async function leasedGuests(store: string, names: readonly string[]): Promise<Set<string>> {
  const leases = names.filter((name) => name.endsWith('.lease'))
  const live = await Promise.all(leases.map(async (name) => !(await isAbandoned(store, name))))
  return new Set(leases.filter((_, at) => live[at]).map((name) => name.slice(0, name.indexOf('.'))))
}

async function beyondBudget(store: string, newestFirst: readonly string[]): Promise<string[]> {
  let total = 0
  const gone: string[] = []
  for (const [at, name] of newestFirst.entries()) {
    const facts = await readGuestFacts(join(store, name, 'facts.json'), rootOf(store, name))
    total += facts?.bytes ?? BUDGET
    if (at >= KEPT && total > BUDGET) gone.push(name)
  }
  return gone
}

async function ageOf(path: string): Promise<number> {
  try {
    return Date.now() - (await stat(path)).mtimeMs
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return 0
    throw error
  }
}
