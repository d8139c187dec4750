import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { formatChecked, readChecked, touch, writeFileAtomic } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { ImageFacts } from './facts.ts'

/** Name of the directory beside the packages, one that the original programs do not look at. */
export const IMAGE_CACHE = 'apko-ts-images-v1'

/** An image built before: its facts, and what the layer cache has its layers under, bottom first. */
export interface ImageRecord {
  readonly facts: ImageFacts
  readonly layers: readonly string[]
}

/** Records of images by the key of their plan, so that an unchanged image is not composed again. */
export interface ImageCache {
  /** Undefined when absent or damaged. */
  find(key: string): Promise<ImageRecord | undefined>
  /** Keeps a record. Old ones make room. */
  add(key: string, record: ImageRecord): Promise<void>
}

/** Records kept; each has the SBOMs of its packages, up to a few megabytes. */
const BUDGET = 64

/** Opens (and creates on first write) a cache in a directory that may be shared by many processes. */
export function openImageCache(directory: string, budget = BUDGET): ImageCache {
  const pathOf = (key: string) => join(directory, `${key}.json`)
  return {
    async find(key) {
      const found = (await readChecked(pathOf(key))) as ImageRecord | undefined
      if (found !== undefined) await touch(pathOf(key))
      return found
    },
    async add(key, record) {
      await writeFileAtomic(pathOf(key), formatChecked(record))
      await prune(directory, budget)
    },
  }
}

async function prune(directory: string, budget: number): Promise<void> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.json'))
  if (names.length <= budget) return
  const found = await Promise.all(names.map((name) => usedAt(join(directory, name))))
  const oldestFirst = found.sort((a, b) => a.time - b.time)
  for (const { path } of oldestFirst.slice(0, names.length - budget)) await rm(path, { force: true })
}

async function usedAt(path: string): Promise<{ readonly path: string; readonly time: number }> {
  try {
    return { path, time: (await stat(path)).mtimeMs }
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return { path, time: Number.POSITIVE_INFINITY }
    throw error
  }
}
