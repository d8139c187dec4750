import { type CommandContext, formatBytes, UsageError } from '@apkts/diagnostics/cli'
import { requireCacheDir } from '../cache/directory.ts'
import { listEntries } from '../cache/entries.ts'
import { planPrune, removeEntry } from '../cache/prune.ts'
import { sizeOf } from '../cache/row.ts'
import { parseSize } from '../cache/size.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print, signal } = context
  if (!options.given('max-size')) {
    throw new UsageError('FLAG_VALUE', '--max-size says how much may stay', { hint: 'for example --max-size 2G' })
  }
  const maxSize = parseSize(options.string('max-size'))
  const entries = await listEntries(await requireCacheDir(context))
  const removed = planPrune(entries, { maxSize, now: Date.now() })
  const isTrial = options.flag('dry-run')
  for (const entry of removed) {
    signal.throwIfAborted()
    if (!isTrial) await removeEntry(entry)
    print(`${entry.paths[0]}\n`)
  }
  const [before, less] = [sizeOf(entries), sizeOf(removed)]
  const verb = isTrial ? 'would remove' : 'removed'
  log.info(
    `${verb} ${removed.length} of ${entries.length} entries; ${formatBytes(before - less)} of ${formatBytes(before)} stay`,
  )
  return 0
}
