import { type CommandContext, formatBytes, UsageError } from '@apkts/diagnostics/cli'
import { parseSize, planPrune, sizeOf } from 'apko-ts'
import { removeStoreEntries, storeEntries } from '../build/index.ts'

export async function run({ options, env, log, print }: CommandContext): Promise<undefined> {
  if (!options.given('max-size')) {
    throw new UsageError('FLAG_VALUE', '--max-size says how much may stay', { hint: 'for example --max-size 2G' })
  }
  const maxSize = parseSize(options.string('max-size'))
  const entries = await storeEntries(env)
  const used = entries.filter(({ inUse }) => inUse)
  const free = entries.filter(({ inUse }) => !inUse)
  const chosen = planPrune(free, { maxSize: maxSize - sizeOf(used), now: Date.now() })
  const isTrial = options.flag('dry-run')
  const removed = isTrial ? chosen : await removeStoreEntries(chosen)
  for (const { path } of removed) print(`${path}\n`)
  const before = sizeOf(entries)
  log.info(
    `${isTrial ? 'would remove' : 'removed'} ${removed.length} of ${entries.length} entries; ` +
      `${formatBytes(before - sizeOf(removed))} of ${formatBytes(before)} stay`,
  )
}
