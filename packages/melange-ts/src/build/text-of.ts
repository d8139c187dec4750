import { readFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'

/** Text of a file; empty when there is none. */
export async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return ''
    throw error
  }
}
