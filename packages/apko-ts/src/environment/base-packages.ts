import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type PackageRecord, parseInstalled } from '@apkts/apk'
import { type BaseImageRef, lookupCandidates, toApkArch } from '@apkts/config'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { ApkoError } from '../error.ts'
import type { Session } from './session.ts'

export type Lookup = Pick<Session, 'includePaths'>

/** Packages installed in a base image. Throws `ApkoError` `BASE_IMAGE` or `ApkError`. */
export async function readBaseRecords(ref: BaseImageRef, arch: string, lookup: Lookup): Promise<PackageRecord[]> {
  const text = await readBaseDatabase(ref, arch, lookup)
  return parseInstalled(completeRecords(text), databasePath(ref, arch)).map(({ record }) => record)
}

/** Text of a base image's installed database. Throws `ApkoError` `BASE_IMAGE`. */
export async function readBaseDatabase(ref: BaseImageRef, arch: string, lookup: Lookup): Promise<string> {
  try {
    const apkIndex = await locateBase(ref.apkIndex, lookup)
    return await readFile(databasePath({ ...ref, apkIndex }, arch), 'utf8')
  } catch (cause) {
    if (!isSystemError(cause)) throw cause
    throw new ApkoError('BASE_IMAGE', `cannot read the installed packages of the base image: ${messageOf(cause)}`, {
      cause,
      hint: 'contents.baseimage.apkindex names a directory with <arch>/APKINDEX files',
    })
  }
}

/** Where a part of the base image is: as named, else below the first include path that has it, as for included files. */
export async function locateBase(path: string, { includePaths }: Lookup): Promise<string> {
  for (const candidate of lookupCandidates(path, includePaths)) if (existsSync(candidate)) return candidate
  return path
}

// A last record without a blank line after it does not count, as in apko.
function completeRecords(text: string): string {
  const end = text.lastIndexOf('\n\n')
  return end < 0 ? '' : text.slice(0, end + 2)
}

function databasePath(ref: BaseImageRef, arch: string): string {
  return join(ref.apkIndex, toApkArch(arch), 'APKINDEX')
}
