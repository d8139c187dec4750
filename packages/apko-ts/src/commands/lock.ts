import { parseArch, toApkArch } from '@apkts/config'
import { didYouMean } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { writeBundle } from '../bundle/write.ts'
import { ApkoError } from '../error.ts'
import { formatChange, packageChanges } from '../lock/changes.ts'
import type { LockFile } from '../lock/format.ts'
import { makeLock } from '../lock/make.ts'
import { loadLockFile } from '../lock/read.ts'
import { writeLock } from '../output/lock.ts'
import { chooseArchs, loadConfig, readAdditions, readResolving, withSession } from './inputs.ts'
import { printLockPlan } from './plan.ts'

export function run(context: CommandContext): Promise<number> {
  return lockTo(context, '.lock.json')
}

/** Locks the configuration into `--output`, or into a file called like it with another extension. */
export async function lockTo(context: CommandContext, extension: string): Promise<number> {
  const { options, log, print } = context
  const [path = ''] = context.args
  const output = options.string('output') || withExtension(path, extension)
  const bundle = options.string('bundle')
  const { config, locate, checksum } = await loadConfig(path, log, options.list('include-paths'))
  const update = options.list('update')
  const before = update.length === 0 ? undefined : await loadPrevious(output, update, config.contents.packages)
  const archs = before === undefined ? chooseArchs(options, config) : archsOf(before, context)
  const names = archs.map(toApkArch).join(' ')
  log.info(`Determining packages for ${archs.length} architectures: [${names}]`)
  const request = {
    config,
    locate,
    source: { name: path, checksum },
    archs,
    added: readAdditions(options, { packages: false }),
    ...readResolving(options),
    keep: before && { packages: before.packages, update: new Set(update) },
  }
  await withSession(context, { offline: true, ignoreSignatures: true, include: true }, async (session) => {
    if (options.flag('plan')) return printLockPlan(context, { ...request, session })
    const made = await makeLock({ ...request, session })
    if (bundle !== '') await writeBundle(bundle, made, session)
    await writeLock(output, made.lock)
    log.info(`locked ${made.lock.packages.length} packages in ${output}`)
    print(options.flag('json') ? lockedJson(output, made.lock) : changeText(before, made.lock))
  })
  return 0
}

function lockedJson(output: string, lock: LockFile): string {
  const packages = lock.packages.map(({ name, version, architecture }) => ({ name, version, arch: architecture }))
  return `${JSON.stringify({ output, packages }, null, 2)}\n`
}

async function loadPrevious(path: string, update: readonly string[], world: readonly string[]): Promise<LockFile> {
  const lock = await loadLockFile(path)
  const known = new Set([...lock.packages.map(({ name }) => name), ...world])
  for (const name of update) {
    if (known.has(name)) continue
    throw new ApkoError('PACKAGE_MISSING', `${name} is not in the lock file ${path}`, {
      at: { file: path },
      hint: didYouMean(name, known) ?? '--update takes names of packages, without versions',
    })
  }
  return lock
}

/** OCI names of the architectures a lock file has: all of them are updated together. */
function archsOf({ packages }: LockFile, { options }: CommandContext): string[] {
  if (options.list('arch').length > 0) {
    throw new UsageError('FLAG_VALUE', '--update works on all architectures of the lock file: leave --arch out')
  }
  return [...new Set(packages.map(({ architecture }) => parseArch(architecture)))]
}

function changeText(before: LockFile | undefined, after: LockFile): string {
  if (before === undefined) return ''
  const changes = packageChanges(before.packages, after.packages)
  if (changes.length === 0) return 'nothing moved\n'
  return changes.map((change) => `${formatChange(change)}\n`).join('')
}

/** Replaces the last extension of a path's last component, or appends one. */
export function withExtension(path: string, extension: string): string {
  return `${path.replace(/\.[^./]*$/, '')}${extension}`
}
