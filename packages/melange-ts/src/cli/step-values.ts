import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { checkRunner, createRunner, type Runner } from '@apkts/sandbox'
import { type EnvironmentOptions, fixUmask, type RecipeOptions, type RunOptions, type Tracer } from '../build/index.ts'
import { networkPolicy } from '../closed/network.ts'
import { readSecrets } from '../closed/secrets.ts'
import { checkHttpAuth } from './http-auth.ts'

/** Values of the flags that `STEP_OPTIONS` declares, and of the surroundings. */
export async function stepValues(
  context: CommandContext,
  tracer: Tracer,
): Promise<
  Omit<EnvironmentOptions, 'packageAppend'> & RunOptions & Omit<RecipeOptions, 'recipe' | 'arch' | 'pipelineDirs'>
> {
  const { options, env, log, signal, debug } = context
  checkHttpAuth(env)
  fixUmask()
  const timeout = options.duration('timeout')
  const runner = createRunner(options.string('runner'), { env })
  return {
    repositoryAppend: options.list('repository-append'),
    keyringAppend: options.list('keyring-append'),
    ignoreSignatures: options.flag('ignore-signatures'),
    apkCacheDir: options.string('apk-cache-dir'),
    envFiles: options.list('env-file'),
    overrides: {
      cpu: options.string('cpu'),
      cpuModel: options.string('cpumodel'),
      memory: options.string('memory'),
      disk: options.string('disk'),
      timeout,
    },
    runner,
    runnerChecked: checkedMeanwhile(runner, context),
    network: networkPolicy(options.list('network')),
    secrets: await readSecrets(options.list('secret')),
    cacheDir: options.string('cache-dir'),
    trace: debug,
    shellOnFailure: wantsShell(context),
    keepGoing: options.flag('keep-going'),
    remove: options.flag('rm'),
    workspaceDir: options.string('workspace-dir'),
    log,
    tracer,
    signal,
    env,
  }
}

/** Starting a guest to see whether that works takes a while, in which recipes can be read. */
function checkedMeanwhile(runner: Runner, { env, log }: CommandContext): Promise<void> {
  const checked = checkRunner(runner, { env }).then(({ slow, warnings = [] }) => {
    for (const warning of slow === undefined ? warnings : [slow, ...warnings]) log.warn(warning)
  })
  // Whoever waits for it gets the error; until then it is not an unhandled one.
  checked.catch(() => {})
  return checked
}

function wantsShell({ options, log }: CommandContext): boolean {
  const action = options.string('on-failure')
  if (action !== 'stop' && action !== 'shell') {
    throw new UsageError('FLAG_VALUE', `--on-failure wants stop or shell, found ${JSON.stringify(action)}`)
  }
  if (action === 'stop' && !options.flag('interactive')) return false
  if (process.stdin.isTTY === true) return true
  log.warn('no shell is opened when a step fails: standard input is not a terminal')
  return false
}
