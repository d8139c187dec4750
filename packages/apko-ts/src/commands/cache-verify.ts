import { type CommandContext, formatBytes } from '@apkts/diagnostics/cli'
import { requireCacheDir } from '../cache/directory.ts'
import { listEntries } from '../cache/entries.ts'
import { removeEntry } from '../cache/prune.ts'
import { verifyEntry } from '../cache/verify.ts'

export async function run(context: CommandContext): Promise<number> {
  const { options, log, print, signal } = context
  const directory = await requireCacheDir(context)
  const entries = await listEntries(directory)
  const stage = log.stage('verify cache')
  let damaged = 0
  let bytes = 0
  for (const [done, entry] of entries.entries()) {
    signal.throwIfAborted()
    stage.update({ item: entry.name, done, total: entries.length })
    const problems = await verifyEntry(entry)
    bytes += entry.size
    if (problems.length === 0) continue
    damaged++
    for (const problem of problems) print(`${entry.paths[0]}: ${problem}\n`)
    if (options.flag('remove')) await removeEntry(entry)
  }
  stage.end()
  const outcome = damaged === 0 ? 'all are intact' : `${damaged} damaged${options.flag('remove') ? ' and removed' : ''}`
  log.info(`${entries.length} entries, ${formatBytes(bytes)}: ${outcome}`)
  return damaged > 0 && !options.flag('remove') ? 1 : 0
}
