import { stat } from 'node:fs/promises'
import { defaultCacheDir, directorySize, removeCache } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { ApkoError } from '../error.ts'

export async function run({ options, env, log }: CommandContext): Promise<number> {
  const directory = options.string('cache-dir') || defaultCacheDir(env)
  if (directory === undefined) {
    throw new ApkoError('OUTPUT', 'no cache directory is known', {
      hint: 'set HOME or XDG_CACHE_HOME, or pass --cache-dir',
    })
  }
  if (!(await isDirectory(directory))) {
    log.info(`there is no cache at ${directory}`)
    return 0
  }
  const size = formatSize(await directorySize(directory))
  if (options.flag('dry-run')) {
    log.info(`would remove ${directory} (${size})`)
    return 0
  }
  await removeCache(directory, env)
  log.info(`removed ${directory} (${size})`)
  return 0
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    const found = await stat(path)
    if (!found.isDirectory()) throw new ApkoError('OUTPUT', `the cache ${path} is not a directory`)
    return true
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false
    throw error
  }
}

const UNITS = ['KB', 'MB', 'GB', 'TB']

/** Bytes in units of 1024 with one decimal; below that, whole bytes. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  let value = bytes / 1024
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${value.toFixed(1)} ${UNITS[unit]}`
}
