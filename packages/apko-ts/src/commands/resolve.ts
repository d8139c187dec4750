import type { CommandContext } from '@apkts/diagnostics/cli'
import { lockTo } from './lock.ts'

export function run(context: CommandContext): Promise<number> {
  context.log.warn('resolve is the old name of lock: use apko-ts lock')
  return lockTo(context, '.resolved.json')
}
