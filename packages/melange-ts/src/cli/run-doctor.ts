import { tmpdir } from 'node:os'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { canBuild, examine, findingsText } from '../doctor/doctor.ts'

export async function run({ options, env, print }: CommandContext): Promise<number> {
  const findings = await examine({ env, temporary: tmpdir(), root: '/', arch: process.arch })
  const usable = canBuild(findings)
  print(options.flag('json') ? `${JSON.stringify({ usable, findings }, null, 2)}\n` : findingsText(findings))
  return usable ? 0 : 1
}
