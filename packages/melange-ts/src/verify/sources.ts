import { access, readdir } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { concatBytes } from '@apkts/encoding'
import { type RepositoryClient, RepositoryError } from '@apkts/repository'
import { INDEX_NAME, type RepositorySource } from './repository.ts'

/** Architectures a repository that cannot be listed is asked for. */
const KNOWN_ARCHS = ['x86_64', 'aarch64', 'armhf', 'armv7', 'loongarch64', 'ppc64le', 'riscv64', 's390x', 'x86']
const INDEX_LIMIT = 314_572_800

/** A repository in a directory: one directory per architecture, or that of a single architecture. */
export function localRepository(location: string, client: RepositoryClient, only: readonly string[]): RepositorySource {
  const single = basename(location)
  const root = async () => ((await exists(join(location, INDEX_NAME))) ? dirname(location) : location)
  let base = location
  return {
    location,
    async archs() {
      base = await root()
      if (base !== location) return [single]
      const entries = await readdir(location, { withFileTypes: true })
      const names = entries
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
      const wanted = names.filter((name) => only.length === 0 || only.includes(name))
      const found = await Promise.all(wanted.map((name) => exists(join(location, name, INDEX_NAME))))
      return wanted.filter((_, i) => found[i])
    },
    path: (arch, name) => join(base, arch, name),
    index: (arch) => readAll(client.stream(join(base, arch, INDEX_NAME)), join(base, arch, INDEX_NAME)),
    async open(arch, name) {
      const path = join(base, arch, name)
      return (await exists(path)) ? client.stream(path) : undefined
    },
    async packages(arch) {
      return (await readdir(join(base, arch))).filter((name) => name.endsWith('.apk')).sort()
    },
  }
}

/** A repository behind HTTP; without `only` it is asked for every architecture apk knows. */
export function remoteRepository(url: string, client: RepositoryClient, only: readonly string[]): RepositorySource {
  const location = url.replace(/\/+$/, '')
  const indexes = new Map<string, Uint8Array>()
  const path = (arch: string, name: string) => `${location}/${arch}/${name}`
  return {
    location,
    async archs() {
      for (const arch of only.length === 0 ? KNOWN_ARCHS : only) {
        const index = await orAbsent(readAll(client.stream(path(arch, INDEX_NAME)), path(arch, INDEX_NAME)))
        if (index !== undefined) indexes.set(arch, index)
      }
      return [...indexes.keys()]
    },
    path,
    index: async (arch) => indexes.get(arch)!,
    open: (arch, name) => firstChunk(client.stream(path(arch, name))),
    packages: async () => undefined,
  }
}

/** A file in memory. @throws RepositoryError `RESPONSE_TOO_LARGE` beyond the limit of an index. */
export async function readAll(stream: AsyncIterable<Uint8Array>, location: string): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  let size = 0
  for await (const part of stream) {
    size += part.length
    if (size > INDEX_LIMIT) {
      throw new RepositoryError('RESPONSE_TOO_LARGE', `${location}: size limit exceeded, limit is ${INDEX_LIMIT} bytes`)
    }
    parts.push(part)
  }
  return concatBytes(parts)
}

/** The stream, once its first bytes are there; undefined for a file the server does not have. */
async function firstChunk(stream: AsyncIterable<Uint8Array>): Promise<AsyncIterable<Uint8Array> | undefined> {
  const iterator = stream[Symbol.asyncIterator]()
  const first = await orAbsent(iterator.next())
  if (first === undefined) return undefined
  return (async function* () {
    try {
      for (let step = first; step.done !== true; step = await iterator.next()) yield step.value
    } finally {
      await iterator.return?.()
    }
  })()
}

const ABSENT = new Set([403, 404, 410])

async function orAbsent<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work
  } catch (error) {
    if (error instanceof RepositoryError && ABSENT.has(error.status ?? 0)) return undefined
    throw error
  }
}

export async function exists(path: string): Promise<boolean> {
  try {
    await access(path)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return false
    throw error
  }
}
