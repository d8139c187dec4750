import { randomBytes } from 'node:crypto'
import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import { lstat, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { isRunning } from './is-running.ts'

/** Something of this age was left by a process that was killed, on whatever machine. */
const ABANDONED_MS = 24 * 60 * 60 * 1000

const OWNED = /^\.tmp-(\d+-\d+-[0-9a-f]*)-[0-9a-f]+$/

/** Says in a file or name whose something is: this process, the namespace its number counts in, the running system. */
export function ownerText(): string {
  owner ??= `${process.pid}-${pidNamespace()}-${systemPart()}`
  return owner
}

let owner: string | undefined

/** True when the process of an owner's text has ended. False also where that cannot be told: in another container or machine. */
export function ownerIsGone(text: string): boolean {
  const [, pid, namespace, system] = /^(\d{1,10})-(\d+)-([0-9a-f]*)$/.exec(text) ?? []
  return namespace === pidNamespace() && system === systemPart() && !isRunning(Number(pid))
}

/** A hidden name for a file that is not complete yet. `removeAbandoned` takes it away when its process is killed. */
export function ownedName(): string {
  return `.tmp-${ownerText()}-${randomBytes(6).toString('hex')}`
}

/** Removes what killed processes have left under `ownedName`s in a directory, which need not exist. */
export async function removeAbandoned(directory: string): Promise<void> {
  for (const name of await namesIn(directory)) {
    const owner = OWNED.exec(name)?.[1]
    if (owner === undefined) continue
    const path = join(directory, name)
    if (ownerIsGone(owner) || (await isOld(path))) await rm(path, { force: true })
  }
}

/**
 * Removes directories of this user that killed processes have left in a directory that others use too, under `ownedName`s
 * behind a prefix.
 */
export function removeAbandonedDirectories(parent: string, prefix: string): void {
  for (const name of readdirSync(parent)) {
    const owner = name.startsWith(prefix) ? OWNED.exec(name.slice(prefix.length))?.[1] : undefined
    if (owner === undefined || !ownerIsGone(owner)) continue
    const path = join(parent, name)
    if (isOwnDirectory(path)) rmSync(path, { recursive: true, force: true })
  }
}

/** Nobody else can put something in the place of one. */
function isOwnDirectory(path: string): boolean {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() === true && stats.uid === process.getuid?.() && (stats.mode & 0o022) === 0
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isSystemError(error)) return []
    throw error
  }
}

async function isOld(path: string): Promise<boolean> {
  try {
    return Date.now() - (await lstat(path)).mtimeMs > ABANDONED_MS
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}

/** Text that changes when the system is started anew; empty where there is none. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch (error) {
    if (isSystemError(error)) return ''
    throw error
  }
}

function systemPart(): string {
  return bootId().replaceAll('-', '').slice(0, 12)
}

/** Inode of the namespace of process numbers; 0 where the system has none. */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch (error) {
    if (isSystemError(error)) return '0'
    throw error
  }
}
