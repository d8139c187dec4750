import { readdir, readlink, rm, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'

/** Prefix of the directories packages are expanded into. */
export const EXPANSION = 'expand-apk'

const DAY = 24 * 3600 * 1000

/**
 * Removes expansions of a package that nothing leads to and nobody has written to for a day: those of killed processes,
 * and those that were replaced.
 */
export async function removeAbandoned(directory: string, now: number): Promise<void> {
  const entries = await readdir(directory, { withFileTypes: true })
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => targetOf(join(directory, name)))
  const used = new Set((await Promise.all(links)).map((target) => dirname(target)))
  for (const { name } of entries) {
    if (!name.startsWith(EXPANSION) || used.has(name)) continue
    const path = join(directory, name)
    if (now - (await changedAt(path)) > DAY) await rm(path, { recursive: true, force: true })
  }
}

async function targetOf(link: string): Promise<string> {
  try {
    return await readlink(link)
  } catch (error) {
    if (isSystemError(error)) return ''
    throw error
  }
}

async function changedAt(path: string): Promise<number> {
  try {
    return (await stat(path)).mtimeMs
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return Number.POSITIVE_INFINITY
    throw error
  }
}
