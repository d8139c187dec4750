import { randomBytes } from 'node:crypto'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { dirname, join } from 'node:path'

/** A name no other process uses. */
export function temporaryName(prefix = '', suffix = ''): string {
  return `${prefix}${randomBytes(10).toString('hex')}${suffix}`
}

/**
 * Gives a complete file its final name in one step: readers see all of it or none. Both names must be on one file
 * system. Missing parent directories are created; an existing file is replaced.
 */
export async function publishFile(temporary: string, target: string): Promise<void> {
  await mkdir(dirname(target), { recursive: true })
  await rename(temporary, target)
}

export interface WriteOptions {
  /** Where the temporary name is made; default: beside the target, hidden. Must be on the same file system. */
  readonly temporaryDir?: string
  readonly mode?: number
}

/**
 * Writes a file under a temporary name and publishes it when it is complete. Nothing is left behind on failure.
 */
export async function writeFileAtomic(
  target: string,
  content: Uint8Array | string | AsyncIterable<Uint8Array>,
  options: WriteOptions = {},
): Promise<void> {
  const directory = options.temporaryDir ?? dirname(target)
  await mkdir(directory, { recursive: true })
  const temporary = join(directory, temporaryName('.tmp-'))
  try {
    await writeNew(temporary, content, options.mode ?? 0o644)
    await publishFile(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

async function writeNew(path: string, content: Uint8Array | string | AsyncIterable<Uint8Array>, mode: number) {
  const file = await open(path, 'wx', mode)
  try {
    if (typeof content === 'string' || content instanceof Uint8Array) await file.writeFile(content)
    else for await (const chunk of content) await file.writeFile(chunk)
  } finally {
    await file.close()
  }
}
