import { type CommandContext, formatBytes } from '@apkts/diagnostics/cli'
import { cacheRow, sizeOf } from 'apko-ts'
import { storeEntries } from '../build/index.ts'

export async function run({ options, env, log, print }: CommandContext): Promise<undefined> {
  const entries = await storeEntries(env)
  if (options.flag('json')) {
    const listed = entries.map(({ usedAt, ...entry }) => ({ ...entry, usedAt: new Date(usedAt).toISOString() }))
    print(`${JSON.stringify({ entries: listed }, null, 2)}\n`)
    return
  }
  for (const entry of entries) {
    const state = [...(entry.inUse ? ['in use'] : []), ...(entry.complete ? [] : ['incomplete'])]
    print(`${cacheRow(entry, `${entry.path}${state.length === 0 ? '' : ` (${state.join(', ')})`}`)}\n`)
  }
  log.info(`${entries.length} entries, ${formatBytes(sizeOf(entries))}`)
}
