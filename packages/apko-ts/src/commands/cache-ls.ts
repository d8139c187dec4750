import type { CommandContext } from '@apkts/diagnostics/cli'
import { formatBytes } from '@apkts/diagnostics/cli'
import { requireCacheDir } from '../cache/directory.ts'
import { type CacheEntry, listEntries } from '../cache/entries.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print } = context
  const directory = await requireCacheDir(context)
  const entries = await listEntries(directory)
  if (options.flag('json')) {
    print(`${JSON.stringify({ directory, entries: entries.map(jsonOf) }, null, 2)}\n`)
    return 0
  }
  for (const entry of entries) print(`${row(entry)}\n`)
  const total = entries.reduce((sum, { size }) => sum + size, 0)
  log.info(`${entries.length} entries, ${formatBytes(total)} in ${directory}`)
  return 0
}

function row({ kind, name, from, size, usedAt }: CacheEntry): string {
  return [
    formatBytes(size).padStart(9),
    dateOf(usedAt),
    kind.padEnd(10),
    `${from}${from === '' ? '' : '/'}${name}`,
  ].join('  ')
}

function jsonOf({ usedAt, ...entry }: CacheEntry): object {
  return { ...entry, usedAt: new Date(usedAt).toISOString() }
}

function dateOf(time: number): string {
  return new Date(time).toISOString().slice(0, 10)
}
