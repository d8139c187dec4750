import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { isSystemError } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'

/** Files as given; of directories, the YAML files directly in them that are not hidden. What is not there stays in the list. */
export async function recipeFiles(paths: readonly string[]): Promise<string[]> {
  const lists = await Promise.all(paths.map(async (path) => ((await isDirectory(path)) ? await filesIn(path) : [path])))
  return lists.flat()
}

async function filesIn(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory() && /^[^.].*\.ya?ml$/.test(entry.name))
    .map(({ name }) => name)
    .sort(compareBytes)
    .map((name) => join(directory, name))
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (error) {
    if (isSystemError(error)) return false
    throw error
  }
}
