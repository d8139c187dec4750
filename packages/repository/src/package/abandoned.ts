import { readdirSync, readlinkSync, rmSync, statSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'

/** Prefix of the directories packages are expanded into. */
export const EXPANSION = 'expand-apk'

const DAY = 24 * 3600 * 1000

/**
 * Removes expansions of a package that nothing leads to and nobody has written to for a day: those of killed processes,
 * and those that were replaced.
 */
export function removeAbandoned(directory: string, now: number): void {
  const entries = readdirSync(directory, { withFileTypes: true })
  const expansions = entries.filter(({ name }) => name.startsWith(EXPANSION)).map(({ name }) => join(directory, name))
  const old = expansions.filter((path) => now - changedAt(path) > DAY)
  if (old.length === 0) return
  const links = entries.filter((entry) => entry.isSymbolicLink()).map(({ name }) => targetOf(join(directory, name)))
  const used = new Set(links.map((target) => dirname(target)))
  for (const path of old) if (!used.has(basename(path))) rmSync(path, { recursive: true, force: true })
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch (error) {
    if (isSystemError(error)) return ''
    throw error
  }
}

function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return Number.POSITIVE_INFINITY
    throw error
  }
}
