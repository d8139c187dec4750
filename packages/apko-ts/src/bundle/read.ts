import { createReadStream } from 'node:fs'
import { ArchiveError, type ContentRef, readTar, type StreamedMember } from '@apkts/archive'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { concatBytes, utf8Decode } from '@apkts/encoding'
import type { Keys } from '@apkts/keyring'
import { ApkoError } from '../error.ts'
import type { LockFile } from '../lock/format.ts'
import { parseLockFile } from '../lock/parse.ts'
import { BUNDLE_FORMAT, LOCK_PATH, parseKeyPath, parsePackagePath } from './layout.ts'

/** A lock file with the packages and keys it needs. The packages are checked against the lock file when they are used. */
export interface Bundle {
  readonly path: string
  readonly lock: LockFile
  /** By architecture, in repository spelling. */
  readonly keys: ReadonlyMap<string, Keys>
  /** Package files by the SHA-1 of their control section, in hex: ranges of the bundle. */
  readonly packages: ReadonlyMap<string, ContentRef>
}

/** Reads what a bundle has, its packages aside. Throws `ApkoError` `BUNDLE_UNREADABLE` naming the file. */
export async function readBundle(path: string): Promise<Bundle> {
  try {
    return await readMembers(path)
  } catch (cause) {
    if (!isSystemError(cause) && !(cause instanceof ArchiveError)) throw cause
    throw unreadable(path, messageOf(cause), cause)
  }
}

const LARGEST_LOCK = 1 << 26
const LARGEST_KEY = 1 << 20
const LIMITS = { entries: 1_000_000 }
const CHUNK = 1 << 20

async function readMembers(path: string): Promise<Bundle> {
  const keys = new Map<string, Map<string, string>>()
  const packages = new Map<string, ContentRef>()
  let lock: LockFile | undefined
  let first = true
  for await (const member of readTar(createReadStream(path, { highWaterMark: CHUNK }), LIMITS)) {
    const { header, offset } = member
    if (first && header.path !== BUNDLE_FORMAT) throw unreadable(path, `its first entry is not ${BUNDLE_FORMAT}`)
    first = false
    const key = parseKeyPath(header.path)
    const controlSha1 = parsePackagePath(header.path)
    if (header.path === LOCK_PATH)
      lock = parseLockFile(await textOf(path, member, LARGEST_LOCK), `${path}/${LOCK_PATH}`)
    else if (key !== undefined) addKey(keys, key, await textOf(path, member, LARGEST_KEY))
    else if (controlSha1 !== undefined) packages.set(controlSha1, { kind: 'file', path, offset, size: header.size })
  }
  if (lock === undefined) throw unreadable(path, 'there is no lock file in it')
  return { path, lock, keys, packages }
}

function addKey(
  keys: Map<string, Map<string, string>>,
  { arch, name }: { readonly arch: string; readonly name: string },
  pem: string,
): void {
  const known = keys.get(arch) ?? new Map<string, string>()
  keys.set(arch, known.set(name, pem))
}

async function textOf(path: string, { header, content }: StreamedMember, limit: number): Promise<string> {
  if (header.size > limit) throw unreadable(path, `${header.path} is larger than ${limit} bytes`)
  const parts: Uint8Array[] = []
  for await (const chunk of content) parts.push(chunk)
  return utf8Decode(concatBytes(parts))
}

function unreadable(path: string, problem: string, cause?: unknown): ApkoError {
  return new ApkoError('BUNDLE_UNREADABLE', `cannot read the bundle ${path}: ${problem}`, {
    at: { file: path },
    hint: 'make one with: apko-ts lock CONFIG --bundle FILE',
    cause,
  })
}
