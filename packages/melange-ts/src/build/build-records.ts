import { createHash, randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { directorySize, ownerIsGone, ownerText, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { withFileLock } from '../index-repo/index.ts'
import type { Stored } from './guest-store.ts'
import type { Snapshot } from './layered-pod.ts'
import { removeTree } from './remove-tree.ts'
import { textOf } from './text-of.ts'

/** So many builds that failed are kept, to go on from. */
const KEPT = 4
const FORMAT = 1

/** What decides whether a build may go on from the state of an earlier one. */
export interface BuildRecord {
  readonly format: number
  /** Real path of the recipe. */
  readonly recipe: string
  readonly arch: string
  /** When the build began, in words. */
  readonly started: string
  /** Of the running system: after a crash, what was not on the disk yet is lost. */
  readonly boot: string
  readonly guest: string
  /** The guest's packages, `name=version`. */
  readonly packages: readonly string[]
  /** Everything else that all steps see, by the name under which a difference is reported. */
  readonly settings: Readonly<Record<string, string>>
  readonly steps: readonly { readonly title: string; readonly digest: string }[]
  readonly snapshots: readonly Snapshot[]
}

/** A directory of a build in a store. */
export interface RecordedBuild {
  readonly directory: string
  readonly record: BuildRecord
}

/** Makes a directory for a build that others may go on from. Old ones go. */
export async function newBuildDirectory(store: string, name: string): Promise<string> {
  await mkdir(store, { recursive: true, mode: 0o700 })
  const directory = join(store, `${name}-${randomBytes(6).toString('hex')}`)
  const removed = await withFileLock(join(store, 'builds'), async () => {
    await mkdir(directory, { mode: 0o700 })
    await writeFile(join(directory, 'owner'), ownerText())
    return retireOld(store)
  })
  await Promise.all(removed.map(removeTree))
  return directory
}

/** Says that nobody works in a build's directory any more. */
export async function releaseBuild(directory: string): Promise<void> {
  await rm(join(directory, 'owner'), { force: true })
}

export async function writeRecord(directory: string, record: Omit<BuildRecord, 'format'>): Promise<void> {
  await writeFileAtomic(join(directory, 'state.json'), JSON.stringify({ format: FORMAT, ...record }))
}

/** The newest build of a recipe that nobody works in, taken over by this process. */
export async function claimBuild(store: string, recipe: string, arch: string): Promise<RecordedBuild | undefined> {
  await mkdir(store, { recursive: true, mode: 0o700 })
  return withFileLock(join(store, 'builds'), async () => {
    const free = (await freeBuilds(store)).find(({ record }) => record?.recipe === recipe && record.arch === arch)
    if (free?.record === undefined) return undefined
    await writeFile(join(free.directory, 'owner'), ownerText())
    return { directory: free.directory, record: free.record }
  })
}

/** Everything in a store of builds, which need not exist. */
export async function buildsIn(store: string): Promise<Stored[]> {
  const names = existsSync(store)
    ? (await readdir(store, { withFileTypes: true })).filter((entry) => entry.isDirectory())
    : []
  return Promise.all(
    names.map(async ({ name }) => {
      const directory = join(store, name)
      const { mtimeMs } = await stat(directory)
      const complete = !name.endsWith('.old')
      return {
        name,
        size: await directorySize(directory),
        usedAt: mtimeMs,
        inUse: !(await isFree(directory)),
        complete,
      }
    }),
  )
}

/** Removes those of some builds that nobody works in; returns their names. */
export async function removeBuilds(store: string, names: readonly string[]): Promise<string[]> {
  const free = await withFileLock(join(store, 'builds'), async () => {
    const present = (await freeBuilds(store)).filter(({ directory }) => names.includes(basename(directory)))
    return Promise.all(present.map(async ({ directory }) => ({ directory, retired: await retire(directory) })))
  })
  await Promise.all(free.map(({ retired }) => removeTree(retired)))
  return free.map(({ directory }) => basename(directory))
}

/** Digest of a value, for comparing. */
export function digestOf(value: unknown): string {
  const text = JSON.stringify(value, (_, part) => (typeof part === 'bigint' ? `${part}` : part))
  return createHash('sha256').update(text).digest('hex')
}

async function retireOld(store: string): Promise<string[]> {
  const free = await freeBuilds(store)
  const usable = free.filter(({ record }) => record !== undefined && record.snapshots.length > 0)
  const gone = [...free.filter((build) => !usable.includes(build)), ...usable.slice(KEPT)]
  return Promise.all(gone.map(({ directory }) => retire(directory)))
}

async function retire(directory: string): Promise<string> {
  if (directory.endsWith('.old')) return directory
  await rename(directory, `${directory}.old`)
  return `${directory}.old`
}

/** Builds that nobody works in, newest first. */
async function freeBuilds(store: string) {
  const found: { directory: string; record: BuildRecord | undefined; time: number }[] = []
  for (const entry of await readdir(store, { withFileTypes: true })) {
    const directory = join(store, entry.name)
    if (!entry.isDirectory() || !(await isFree(directory))) continue
    const record = entry.name.endsWith('.old') ? undefined : await readRecord(directory)
    found.push({ directory, record, time: (await stat(directory)).mtimeMs })
  }
  return found.sort((a, b) => b.time - a.time)
}

async function isFree(directory: string): Promise<boolean> {
  const owner = await textOf(join(directory, 'owner'))
  return owner === '' || ownerIsGone(owner)
}

async function readRecord(directory: string): Promise<BuildRecord | undefined> {
  try {
    const record = JSON.parse(await readFile(join(directory, 'state.json'), 'utf8')) as BuildRecord
    return record.format === FORMAT ? record : undefined
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
