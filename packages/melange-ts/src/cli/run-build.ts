import type { CommandContext } from '@apkts/diagnostics/cli'
import {
  type BuildOptions,
  buildDate,
  buildForArch,
  chosenArchs,
  createTracer,
  forEachArch,
  recipeCommit,
  recipePath,
  type Tracer,
} from '../build/index.ts'
import { readSigningKey } from '../index-repo/index.ts'
import { checkHttpAuth } from './http-auth.ts'
import { stepValues } from './step-values.ts'

const UNKNOWN_REPOSITORY = 'https://unknown/unknown/unknown'

export async function run(context: CommandContext): Promise<undefined> {
  checkHttpAuth(context.env)
  const { options, log } = context
  const tracer = createTracer({ file: options.string('trace'), log })
  try {
    await tracer.span('BuildCmd', () => buildAll(context, tracer))
  } finally {
    await tracer.close()
  }
}

async function buildAll(context: CommandContext, tracer: Tracer): Promise<void> {
  const { options, log } = context
  const common = await buildValues(context, tracer)
  const archs = chosenArchs(options.list('arch'))
  await forEachArch(archs, { sequential: common.shellOnFailure, log }, (arch) => {
    return buildForArch({ ...common, arch, log: archs.length > 1 ? log.child({ arch }) : log })
  })
}

/** What a build is told by the flags of `build` and its surroundings. */
export async function buildValues(context: CommandContext, tracer: Tracer): Promise<Omit<BuildOptions, 'arch'>> {
  const { args, options, env, log, version } = context
  const recipe = await recipePath(args[0])
  const keyPath = options.string('signing-key')
  const pipelineDirs = [options.string('pipeline-dir'), ...options.list('pipeline-dirs')].filter((path) => path !== '')
  return {
    ...(await stepValues(context, tracer)),
    recipe,
    pipelineDirs,
    packageAppend: options.list('package-append'),
    commit: await commitOf(recipe, context),
    repositoryUrl: repositoryUrl(context),
    namespace: options.string('namespace'),
    license: options.string('license'),
    buildDate: buildDate({ epoch: env.SOURCE_DATE_EPOCH, flag: options.string('build-date'), log }),
    buildOptions: options.list('build-option'),
    varsFile: options.string('vars-file'),
    libc: options.string('override-host-triplet-libc-substitution-flavor') || 'gnu',
    sourceDir: options.string('source-dir'),
    emptyWorkspace: options.flag('empty-workspace'),
    snapshots: options.flag('snapshots'),
    fromStep: options.string('from-step'),
    outDir: options.string('out-dir'),
    signing: keyPath === '' ? undefined : { key: await readSigningKey(keyPath, env), path: keyPath },
    generateIndex: options.flag('generate-index'),
    generateProvenance: options.flag('generate-provenance'),
    stripOriginName: options.flag('strip-origin-name'),
    createBuildLog: options.flag('create-build-log'),
    dependencyLog: options.string('dependency-log'),
    lintRequire: options.list('lint-require'),
    lintWarn: options.list('lint-warn'),
    persistLintResults: options.flag('persist-lint-results'),
    likeMelange: options.flag('like-melange'),
    tool: `melange-ts (${version})`,
  }
}

async function commitOf(recipe: string, { options, log }: CommandContext): Promise<string> {
  const commit = options.string('git-commit') || (await recipeCommit(recipe))
  if (commit !== undefined) return commit
  log.warn('the recipe lies in no git repository: its commit is recorded as "unknown" (give one with --git-commit)')
  return 'unknown'
}

function repositoryUrl({ options, log }: CommandContext): string {
  const url = options.string('git-repo-url')
  if (url !== '') return url
  log.warn(`the recipe's repository is recorded as ${UNKNOWN_REPOSITORY} (give one with --git-repo-url)`)
  return UNKNOWN_REPOSITORY
}
