import { lstatSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import type { OwnerNames } from '@apkts/rootfs'

/** What is known about a guest's root besides its files. */
export interface GuestFacts {
  /** Names of the guest's users and groups. */
  readonly ownerNames: OwnerNames
  /** True when the linker's cache has been made. */
  readonly linked: boolean
  /** Bytes of its files. */
  readonly bytes: number
}

const FORMAT = 1

interface Record {
  readonly format: number
  readonly users: readonly [number, string][]
  readonly groups: readonly [number, string][]
  readonly linked: boolean
  readonly bytes: number
  /** Every directory with its modification time, which tells of files that came, went or were renamed. */
  readonly directories: readonly [string, string][]
}

/** Writes the facts of the guest in `root` to a file beside it. */
export async function writeGuestFacts(file: string, root: string, facts: GuestFacts): Promise<void> {
  const { ownerNames, linked, bytes } = facts
  const directories = (await directoriesOf(root, '')).map((path): [string, string] => [path, timeOf(join(root, path))])
  const { users, groups } = ownerNames
  const record: Record = { format: FORMAT, users: [...users], groups: [...groups], linked, bytes, directories }
  await writeFile(file, JSON.stringify(record))
}

/** The facts of the guest in `root`; undefined when there is none, or when its directories are not as they were made. */
export async function readGuestFacts(file: string, root: string): Promise<GuestFacts | undefined> {
  const record = await readRecord(file)
  if (record?.format !== FORMAT) return undefined
  try {
    for (const [path, time] of record.directories) if (timeOf(join(root, path)) !== time) return undefined
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
  const { users, groups, linked, bytes } = record
  return { ownerNames: { users: new Map(users), groups: new Map(groups) }, linked, bytes }
}

async function readRecord(file: string): Promise<Record | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Record
  } catch (error) {
    if (error instanceof SyntaxError || isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR'))
      return undefined
    throw error
  }
}

async function directoriesOf(root: string, path: string): Promise<string[]> {
  const found = [path]
  for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
    if (entry.isDirectory()) found.push(...(await directoriesOf(root, join(path, entry.name))))
  }
  return found
}

function timeOf(path: string): string {
  return String(lstatSync(path, { bigint: true }).mtimeNs)
}
