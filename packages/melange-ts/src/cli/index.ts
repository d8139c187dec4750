import { type CommandSpec, versionCommand } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './about.ts'
import { importDebCommand } from './import.ts'

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [
  importDebCommand,
  versionCommand({ program: 'melange-ts', version: VERSION, summary: SUMMARY }),
]
