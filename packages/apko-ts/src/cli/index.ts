import { type CommandSpec, completionCommands, versionCommand } from '@apkts/diagnostics/cli'
import { SUMMARY, VERSION } from './about.ts'
import { buildCommand } from './build.ts'
import { buildCpioCommand, buildMinirootfsCommand } from './build-rootfs.ts'
import { cacheLsCommand, cachePruneCommand, cacheVerifyCommand } from './cache.ts'
import { cleanCommand } from './clean.ts'
import { diffCommand } from './diff.ts'
import { dotCommand } from './dot.ts'
import { explainCommand } from './explain.ts'
import { installKeysCommand } from './install-keys.ts'
import { lockCommand, resolveCommand } from './lock.ts'
import { loginCommand } from './login.ts'
import { publishCommand } from './publish.ts'
import { schemaCommand } from './schema.ts'
import { showConfigCommand } from './show-config.ts'
import { showPackagesCommand } from './show-packages.ts'

/** Every command, in the order in which help lists them. */
export const commands: readonly CommandSpec[] = [
  buildCommand,
  publishCommand,
  lockCommand,
  resolveCommand,
  showConfigCommand,
  showPackagesCommand,
  explainCommand,
  diffCommand,
  dotCommand,
  buildMinirootfsCommand,
  buildCpioCommand,
  schemaCommand,
  loginCommand,
  installKeysCommand,
  cacheLsCommand,
  cacheVerifyCommand,
  cachePruneCommand,
  cleanCommand,
  ...completionCommands('apko-ts', () => commands),
  versionCommand({ program: 'apko-ts', version: VERSION, summary: SUMMARY }),
]
