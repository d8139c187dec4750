import type { CommandContext } from '@apkts/diagnostics/cli'
import { createRunner } from '@apkts/sandbox'
import { type EnvironmentOptions, fixUmask, type RecipeOptions, type RunOptions } from '../build/index.ts'
import { networkPolicy } from '../closed/network.ts'
import { readSecrets } from '../closed/secrets.ts'
import { checkHttpAuth } from './http-auth.ts'

/** Values of the flags that `STEP_OPTIONS` declares, and of the surroundings. */
export async function stepValues(
  context: CommandContext,
): Promise<
  Omit<EnvironmentOptions, 'packageAppend'> & RunOptions & Omit<RecipeOptions, 'recipe' | 'arch' | 'pipelineDirs'>
> {
  const { options, env, log, signal, debug } = context
  checkHttpAuth(env)
  fixUmask()
  const timeout = options.duration('timeout')
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
    runner: createRunner(options.string('runner'), { env }),
    network: networkPolicy(options.list('network')),
    secrets: await readSecrets(options.list('secret')),
    cacheDir: options.string('cache-dir'),
    trace: debug,
    interactive: options.flag('interactive'),
    remove: options.flag('rm'),
    workspaceDir: options.string('workspace-dir'),
    log,
    signal,
    env,
  }
}
