import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { ArchiveError } from '@apkts/archive'
import { type CacheEnvironment, defaultCacheDir, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'
import { KeyringError, readSignatureMember } from '@apkts/keyring'

/** Knows whether an index file was compressed here, so that what stays of it need not be compressed again. */
export interface OwnBodies {
  /** The unsigned part of an index, when it is what was last noted. */
  bodyOf(index: Uint8Array): Promise<Uint8Array | undefined>
  note(body: Uint8Array): Promise<void>
}

/** Changes when the compressor would give other bytes, or records would be written as another text. */
const VERSION = 1

/** Remembers a digest for one index file, in the user's cache directory; undefined without one. */
export function openOwnBodies(output: string, env: CacheEnvironment): OwnBodies | undefined {
  const cache = defaultCacheDir(env)
  if (cache === undefined) return undefined
  const path = join(cache, '..', 'melange-ts', 'index', `${sha256Hex(resolve(output))}.body`)
  return {
    async bodyOf(index) {
      const noted = await readNote(path)
      if (noted === undefined) return undefined
      const body = unsigned(index)
      return noteOf(body) === noted ? body : undefined
    },
    note: (body) => writeNote(path, noteOf(body)),
  }
}

function noteOf(body: Uint8Array): string {
  return `${VERSION} ${sha256Hex(body)}\n`
}

async function readNote(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (isSystemError(error)) return undefined
    throw error
  }
}

/** A cache that cannot be written only costs time, the next time. */
async function writeNote(path: string, note: string): Promise<void> {
  try {
    await writeFileAtomic(path, note, { mode: 0o600 })
  } catch (error) {
    if (!isSystemError(error)) throw error
  }
}

const SIGNATURES_LIMIT = 1 << 20

/** What stands behind the signatures, if there are any. */
function unsigned(index: Uint8Array): Uint8Array {
  try {
    return index.subarray(readSignatureMember(index, 'index', SIGNATURES_LIMIT).end)
  } catch (error) {
    if (error instanceof KeyringError || error instanceof ArchiveError) return index
    throw error
  }
}
