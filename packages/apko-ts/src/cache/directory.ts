import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { defaultCacheDir } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { ApkoError } from '../error.ts'

/** The cache directory a command is about. Throws `ApkoError` `OUTPUT` when none is known or it is no directory. */
export async function requireCacheDir({ options, env }: CommandContext): Promise<string> {
  const directory = options.string('cache-dir') || defaultCacheDir(env)
  if (directory === undefined) {
    throw new ApkoError('OUTPUT', 'no cache directory is known', {
      hint: 'set HOME or XDG_CACHE_HOME, or pass --cache-dir',
    })
  }
  try {
    const found = await stat(directory)
    if (!found.isDirectory()) throw new ApkoError('OUTPUT', `the cache ${directory} is not a directory`)
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error
  }
  return resolve(directory)
}
