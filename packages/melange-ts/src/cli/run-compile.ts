import { stat } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { buildDate } from '../build/build-date.ts'
import { withLateOptions } from '../build/defects.ts'
import { recipeCommit } from '../build/git-head.ts'
import { recipePath } from '../build/recipe-path.ts'
import { compileRecipe } from '../compile/compile.ts'
import { compiledJsonText } from '../compile/document.ts'
import { loadRecipe } from '../recipe/load.ts'
import type { Recipe } from '../recipe/types.ts'
import { checkHttpAuth } from './http-auth.ts'

export async function run(context: CommandContext): Promise<undefined> {
  const { args, options, env, log } = context
  checkHttpAuth(env)
  if (!options.given('arch')) {
    throw new UsageError('FLAG_VALUE', 'the flag --arch is required', { hint: 'for example --arch x86_64' })
  }
  buildDate({ epoch: env.SOURCE_DATE_EPOCH, flag: options.string('build-date'), log })
  await checkSigningKey(options.string('signing-key'))
  const recipe = await readRecipe(await recipePath(args[0]), context)
  const compiled = compileRecipe(recipe, {
    arch: options.string('arch'),
    pipelineDirs: [options.string('pipeline-dir'), ...options.list('pipeline-dirs')],
    buildOptions: options.list('build-option'),
    log,
  })
  context.print(`${compiledJsonText(compiled)}\n`)
}

async function readRecipe(path: string, { options, log }: CommandContext): Promise<Recipe> {
  const chosen = options.list('build-option')
  const late = options.flag('like-melange')
  const recipe = await loadRecipe(path, {
    commit: options.string('git-commit') || ((await recipeCommit(path)) ?? 'unknown'),
    envFiles: options.list('env-file'),
    varsFile: options.string('vars-file'),
    buildOptions: late ? [] : chosen,
    overrides: {
      cpu: options.string('cpu'),
      memory: options.string('memory'),
      timeout: options.duration('timeout'),
    },
    log,
  })
  return late ? withLateOptions(recipe, chosen) : recipe
}

async function checkSigningKey(path: string): Promise<void> {
  if (path === '') return
  try {
    await stat(path)
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new UsageError('FLAG_VALUE', `--signing-key: ${path} cannot be read (${error.code})`, { cause: error })
  }
}
