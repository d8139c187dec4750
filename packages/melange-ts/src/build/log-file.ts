import { randomBytes } from 'node:crypto'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compareBytes } from '@apkts/encoding'
import { storeDirectory } from './stores.ts'

/** So many logs are kept. */
const KEPT = 200

export interface LogFile {
  readonly file: string
  /** False when it lies among temporary files, where it stays only if it is needed. */
  readonly permanent: boolean
}

/**
 * A new file for the log of a build, such as `hello-1.0-r0-x86_64-20260131T120000Z-3fa9.log`: in the user's cache, where the
 * oldest ones go, or else among temporary files.
 */
export async function logFile(env: Readonly<Record<string, string | undefined>>, name: string): Promise<LogFile> {
  const time = new Date().toISOString().replace(/[-:]|\.\d+/g, '')
  const base = `${name}-${time}-${randomBytes(2).toString('hex')}.log`
  const directory = storeDirectory(env, 'logs')
  if (directory === undefined) return { file: join(tmpdir(), base), permanent: false }
  await mkdir(directory, { recursive: true, mode: 0o700 })
  await removeOldest(directory)
  return { file: join(directory, base), permanent: true }
}

async function removeOldest(directory: string): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.log'))
  if (names.length < KEPT) return
  const timeOf = (name: string): string => /\d{8}T\d{6}Z/.exec(name)?.[0] ?? ''
  const newestFirst = names.sort((a, b) => compareBytes(timeOf(b), timeOf(a)))
  await Promise.all(newestFirst.slice(KEPT - 1).map((name) => rm(join(directory, name), { force: true })))
}
