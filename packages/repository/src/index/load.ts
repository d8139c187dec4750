import { readFile, stat } from 'node:fs/promises'
import { ApkError, type PackageRecord, parseIndexLazily, type ReadIndexOptions, readIndexEntries } from '@apkts/apk'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { sha256Hex, utf8Decode } from '@apkts/encoding'
import { KeyringError, type Keys, verifyIndex } from '@apkts/keyring'
import type { SolverIndex } from '@apkts/solver'
import type { RepositoryContext } from '../context.ts'
import { RepositoryError } from '../error.ts'
import { isRemote, parseRepositoryLine } from '../line.ts'
import { remember } from '../memory.ts'
import { indexUrl, redactUrl } from '../urls.ts'
import { fetchByEtag, type RemoteFile } from './remote.ts'

/** An index of a repository line, verified unless signatures are ignored. */
export interface LoadedIndex extends SolverIndex {
  /** The architecture it was loaded for: the directory of its packages. */
  readonly arch: string
  /** Name of the key that verified it. */
  readonly verifiedBy?: string
}

/** Whose signatures make an index trusted. */
export interface TrustPolicy {
  readonly keys: Keys
  readonly ignoreSignatures: boolean
}

interface ParsedIndex {
  readonly records: readonly PackageRecord[]
  readonly verifiedBy?: string
}

/** Loads indexes and remembers them: files by URL, parsed ones by trust policy as well. */
export class IndexLoader {
  readonly #context: RepositoryContext
  readonly #files = new Map<string, Promise<RemoteFile>>()
  readonly #parsed = new Map<string, Promise<ParsedIndex>>()

  constructor(context: RepositoryContext) {
    this.#context = context
  }

  /**
   * The index of one repository line; undefined, with a warning, for a local one that does not exist.
   * @throws RepositoryError, KeyringError or ApkError naming the index.
   */
  async load(line: string, arch: string, policy: TrustPolicy): Promise<LoadedIndex | undefined> {
    const { tag, location } = parseRepositoryLine(line)
    const url = indexUrl(location, arch)
    const parsed = isRemote(location) ? await this.#remote(url, policy) : await this.#local(url, arch, policy)
    return parsed === undefined ? undefined : { tag, location, arch, ...parsed }
  }

  async #remote(url: string, policy: TrustPolicy): Promise<ParsedIndex> {
    return remember(this.#parsed, `${policyKey(policy)} ${url}`, async () => {
      const file = await remember(this.#files, url, () => fetchByEtag(this.#context, url))
      return this.#parseSound(file, url, policy)
    })
  }

  /** Parses a file, or whatever is there in its place when it came from the disk and is damaged; only then it is kept. */
  async #parseSound(file: RemoteFile, url: string, policy: TrustPolicy): Promise<ParsedIndex> {
    try {
      const parsed = this.#parse(file.bytes, redactUrl(url), policy)
      await file.keep()
      return parsed
    } catch (error) {
      if (file.otherwise === undefined || !isDamage(error)) throw error
      const next = this.#context.offline ? 'taking an older one' : 'downloading it again'
      this.#context.log.warn(`the cached index is damaged, ${next}: ${messageOf(error)}`)
    }
    const other = file.otherwise()
    this.#files.set(url, other)
    return this.#parseSound(await other, url, policy)
  }

  async #local(path: string, arch: string, policy: TrustPolicy): Promise<ParsedIndex | undefined> {
    const version = await localVersion(path)
    if (version === undefined) {
      this.#context.log.warn(`getting local index ${path}: stat: stat ${path}: no such file or directory`, { arch })
      return undefined
    }
    return remember(this.#parsed, `${policyKey(policy)} ${version} ${path}`, async () =>
      this.#parse(await readLocal(path), path, policy),
    )
  }

  #parse(bytes: Uint8Array, source: string, { keys, ignoreSignatures }: TrustPolicy): ParsedIndex {
    const options = { file: source, limits: this.#context.limits }
    if (ignoreSignatures) return { records: readRecords(bytes, options) }
    const { signedBytes, keyName, warnings } = verifyIndex(bytes, keys, source, { limits: this.#context.limits })
    for (const warning of warnings) this.#context.log.warn(warning)
    return { records: readRecords(signedBytes, options), verifiedBy: keyName }
  }
}

/** Of the thousands of packages of an index, few are looked at more closely. */
function readRecords(bytes: Uint8Array, options: ReadIndexOptions & { readonly file: string }): PackageRecord[] {
  const { text } = readIndexEntries(bytes, options)
  return parseIndexLazily(utf8Decode(text), `${options.file}: APKINDEX`)
}

function policyKey({ keys, ignoreSignatures }: TrustPolicy): string {
  if (ignoreSignatures) return 'unverified'
  return sha256Hex(JSON.stringify([...keys].sort(([a], [b]) => (a < b ? -1 : 1))))
}

function isDamage(error: unknown): boolean {
  return error instanceof ApkError || (error instanceof KeyringError && error.code !== 'NO_KEYS')
}

/** Changes when the file does; undefined when there is none. */
async function localVersion(path: string): Promise<string | undefined> {
  try {
    const { mtimeNs, size, ino } = await stat(path, { bigint: true })
    return `${mtimeNs}:${size}:${ino}`
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw unreadable(path, error)
  }
}

async function readLocal(path: string): Promise<Uint8Array> {
  try {
    return await readFile(path)
  } catch (error) {
    throw unreadable(path, error)
  }
}

function unreadable(path: string, error: unknown): unknown {
  if (!isSystemError(error)) return error
  return new RepositoryError('INDEX_UNREADABLE', `cannot read the index ${path}: ${messageOf(error)}`, {
    at: { file: path },
    cause: error,
  })
}
