import type { Stats } from 'node:fs'
import { lstat, readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { sortedUnique } from '@apkts/encoding'

/** Paths of files that are in one of two directories only, or differ in content or mode; `except` is not looked at. */
export async function changedFiles(before: string, now: string, except?: string): Promise<string[]> {
  const paths = sortedUnique([...(await filesOf(before, '')), ...(await filesOf(now, ''))])
  const changed: string[] = []
  for (const path of paths.filter((name) => name !== except))
    if (!(await isSame(join(before, path), join(now, path)))) changed.push(path)
  return changed
}

async function filesOf(root: string, path: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await readdir(join(root, path), { withFileTypes: true })) {
    const name = path === '' ? entry.name : `${path}/${entry.name}`
    if (entry.isDirectory()) found.push(...(await filesOf(root, name)))
    else found.push(name)
  }
  return found
}

async function isSame(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map(statsOf))
  if (first === undefined || second === undefined) return false
  if (first.size !== second.size || first.mode !== second.mode) return false
  const [left, right] = await Promise.all([readFile(a), readFile(b)])
  return left.equals(right)
}

async function statsOf(path: string): Promise<Stats | undefined> {
  try {
    return await lstat(path)
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || isSystemError(error, 'ENOTDIR')) return undefined
    throw error
  }
}
