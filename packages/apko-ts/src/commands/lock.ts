import { toApkArch } from '@apkts/config'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { makeLockFile } from '../lock/make.ts'
import { writeLock } from '../output/lock.ts'
import { chooseArchs, loadConfig, readAdditions, readResolver, withSession } from './inputs.ts'

export function run(context: CommandContext): Promise<number> {
  return lockTo(context, '.lock.json')
}

/** Locks the configuration into `--output`, or into a file called like it with another extension. */
export async function lockTo(context: CommandContext, extension: string): Promise<number> {
  const { options, log } = context
  const [path = ''] = context.args
  const { config, locate, checksum } = await loadConfig(path, log, options.list('include-paths'))
  const archs = chooseArchs(options, config)
  const names = archs.map(toApkArch).join(' ')
  log.info(`Determining packages for ${archs.length} architectures: [${names}]`)
  const lock = await withSession(context, { ignoreSignatures: true }, (session) =>
    makeLockFile({
      config,
      locate,
      source: { name: path, checksum },
      archs,
      added: readAdditions(options, { packages: false }),
      resolver: readResolver(options),
      session,
    }),
  )
  const output = options.string('output') || withExtension(path, extension)
  await writeLock(output, lock)
  log.info(`locked ${lock.packages.length} packages in ${output}`)
  return 0
}

/** Replaces the last extension of a path's last component, or appends one. */
export function withExtension(path: string, extension: string): string {
  return `${path.replace(/\.[^./]*$/, '')}${extension}`
}
