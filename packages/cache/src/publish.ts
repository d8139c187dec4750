import { randomBytes } from 'node:crypto'
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { type FileHandle, mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { ownedName } from './owner.ts'

/** A name no other process uses. */
export function temporaryName(prefix = '', suffix = ''): string {
  return `${prefix}${randomBytes(10).toString('hex')}${suffix}`
}

/**
 * Gives a complete file its final name in one step: readers see all of it or none. Both names must be on one file
 * system. Missing parent directories are created; an existing file is replaced.
 */
export async function publishFile(temporary: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await rename(temporary, target)
}

export interface WriteOptions {
  /** Where the temporary name is made; default: beside the target, hidden. Must be on the same file system. */
  readonly temporaryDir?: string
  readonly mode?: number
}

/**
 * Writes a file under a temporary name and publishes it when it is complete. Nothing is left behind on failure.
 */
export async function writeFileAtomic(
  target: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  const directory = options.temporaryDir ?? dirname(target)
  if (isSmall(content)) return writeSmall(target, content, directory, options.mode ?? 0o644)
  for (const needed of new Set([directory, dirname(target)])) await mkdir(needed, { recursive: true })
  const temporary = join(directory, ownedName())
  await writeThenPublish({ temporary, target, mode: options.mode ?? 0o644 }, (file) => writeAll(file, content))
}

/** Below this, handing the writing to another thread takes longer than doing it. */
const SMALL = 1 << 18

function isSmall(content: Uint8Array | string | AsyncIterable<Uint8Array>): content is Uint8Array | string {
  return (typeof content === 'string' || content instanceof Uint8Array) && content.length < SMALL
}

// The directories are nearly always there: only a write that fails asks for them.
function writeSmall(target: string, content: Uint8Array | string, directory: string, mode: number): void {
  try {
    writeThenRename(target, content, directory, mode)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
    for (const needed of new Set([directory, dirname(target)])) mkdirSync(needed, { recursive: true })
    writeThenRename(target, content, directory, mode)
  }
}

function writeThenRename(target: string, content: Uint8Array | string, directory: string, mode: number): void {
  const temporary = join(directory, ownedName())
  try {
    writeFileSync(temporary, content, { flag: 'wx', mode })
    renameSync(temporary, target)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

/** A new file and the name that it gets. */
export interface Publication {
  /** Must be on the target's file system, and not exist yet unless `file` is it. */
  readonly temporary: string
  /** The file, open already; it is closed here. */
  readonly file?: FileHandle | undefined
  readonly target: string
  readonly mode: number
  /** Wait until the bytes are on the disk. */
  readonly sync?: boolean
}

/**
 * Lets `write` fill a new file and then gives it its name: readers see the old bytes or the new ones. The target's
 * directory must exist. Nothing is left behind on failure.
 */
export async function writeThenPublish(
  { temporary, target, mode, sync = false, ...opened }: Publication,
  write: (file: FileHandle) => Promise<void>,
): Promise<void> {
  const file = opened.file ?? (await open(temporary, 'wx', mode))
  try {
    try {
      await write(file)
      if (sync) await file.sync()
    } finally {
      await file.close()
    }
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeAll(file: FileHandle, content: Uint8Array | string | AsyncIterable<Uint8Array>): Promise<void> {
  if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content)
  else for await (const chunk of content) await file.writeFile(chunk)
}
