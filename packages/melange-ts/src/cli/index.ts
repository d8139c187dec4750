import { type CommandSpec, completionCommands, versionCommand } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './about.ts'
import { buildCommand } from './build.ts'
import { bumpCommand } from './bump.ts'
import { cacheLsCommand, cachePruneCommand } from './cache.ts'
import { checkCommand } from './check.ts'
import { compileCommand } from './compile.ts'
import { doctorCommand } from './doctor.ts'
import { fmtCommand } from './fmt.ts'
import { importDebCommand } from './import.ts'
import { indexCommand } from './index-command.ts'
import { inspectCommand } from './inspect.ts'
import { keygenCommand } from './keygen.ts'
import { licenseCheckCommand } from './license-check.ts'
import { lintCommand } from './lint.ts'
import { newCommand } from './new.ts'
import { packageVersionCommand, queryCommand } from './query.ts'
import { rebuildCommand } from './rebuild.ts'
import { scanCommand } from './scan.ts'
import { schemaCommand } from './schema.ts'
import { signCommand, signIndexCommand } from './sign.ts'
import { sourceGetCommand, sourcePopCommand } from './source.ts'
import { testCommand } from './test.ts'
import { updateCacheCommand } from './update-cache.ts'
import { verifyCommand } from './verify.ts'

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [
  buildCommand,
  testCommand,
  newCommand,
  checkCommand,
  fmtCommand,
  compileCommand,
  queryCommand,
  packageVersionCommand,
  bumpCommand,
  indexCommand,
  signCommand,
  signIndexCommand,
  keygenCommand,
  verifyCommand,
  inspectCommand,
  lintCommand,
  scanCommand,
  rebuildCommand,
  licenseCheckCommand,
  sourceGetCommand,
  sourcePopCommand,
  updateCacheCommand,
  importDebCommand,
  cacheLsCommand,
  cachePruneCommand,
  doctorCommand,
  schemaCommand,
  ...completionCommands('melange-ts', () => commands),
  versionCommand({ program: 'melange-ts', version: VERSION, summary: SUMMARY }),
]
