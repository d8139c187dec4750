import type { CommandContext } from '@apkts/diagnostics/cli'
import { formatBytes } from '@apkts/diagnostics/cli'
import { requireCacheDir } from '../cache/directory.ts'
import { type CacheEntry, listEntries } from '../cache/entries.ts'
import { cacheRow, sizeOf } from '../cache/row.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print } = context
  const directory = await requireCacheDir(context)
  const entries = await listEntries(directory)
  if (options.flag('json')) {
    print(`${JSON.stringify({ directory, entries: entries.map(jsonOf) }, null, 2)}\n`)
    return 0
  }
  for (const entry of entries)
    print(`${cacheRow(entry, `${entry.from}${entry.from === '' ? '' : '/'}${entry.name}`)}\n`)
  log.info(`${entries.length} entries, ${formatBytes(sizeOf(entries))} in ${directory}`)
  return 0
}

function jsonOf({ usedAt, ...entry }: CacheEntry): object {
  return { ...entry, usedAt: new Date(usedAt).toISOString() }
}
