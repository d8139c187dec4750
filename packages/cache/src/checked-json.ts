import { readFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { sha256Hex } from '@apkts/encoding'

/** A value as one line of JSON, followed by a line with its hash: nothing else could tell that it was damaged. */
export function formatChecked(value: unknown): string {
  const text = JSON.stringify(value)
  return `${text}\n${sha256Hex(text)}\n`
}

/** Reads such a file; undefined when it is absent or damaged. */
export async function readChecked(path: string): Promise<unknown> {
  try {
    const [text = '', hash] = (await readFile(path, 'utf8')).split('\n')
    return sha256Hex(text) === hash ? JSON.parse(text) : undefined
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined
    throw error
  }
}
