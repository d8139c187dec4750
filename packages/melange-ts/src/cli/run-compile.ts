import { stat } from 'node:fs/promises'
import { isSystemError, throwProblems } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { buildDate } from '../build/build-date.ts'
import { withLateOptions } from '../build/defects.ts'
import { recipeCommit } from '../build/git-head.ts'
import { recipePath } from '../build/recipe-path.ts'
import { type CompileOptions, compileRecipe, variablesFor } from '../compile/compile.ts'
import { compiledJsonText } from '../compile/document.ts'
import { type LoadOptions, loadRecipe, readRecipeSources } from '../recipe/load.ts'
import { parseRecipeFully } from '../recipe/parse.ts'
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
  const path = await recipePath(args[0])
  const compileOptions = {
    arch: options.string('arch'),
    pipelineDirs: [options.string('pipeline-dir'), ...options.list('pipeline-dirs')],
    buildOptions: options.list('build-option'),
    log,
  }
  if (options.flag('explain')) context.print(await explain(path, compileOptions, context))
  else {
    const compiled = compileRecipe(await readRecipe(path, context), compileOptions)
    context.print(`${compiledJsonText(compiled)}\n`)
  }
}

async function explain(path: string, compileOptions: CompileOptions, context: CommandContext): Promise<string> {
  const { explainRecipe } = await import('../explain/explain.ts')
  const { explanationText } = await import('../explain/text.ts')
  const loading = await loadOptions(path, context)
  const sources = await readRecipeSources(path, loading)
  const parsed = parseRecipeFully(sources, loading)
  throwProblems(parsed.problems)
  const compiled = compileRecipe(parsed.recipe, compileOptions)
  const variables = variablesFor(parsed.recipe, compileOptions)
  const buildOptions = compileOptions.buildOptions ?? []
  return explanationText(explainRecipe({ parsed, sources, compiled, variables, buildOptions }))
}

async function readRecipe(path: string, context: CommandContext): Promise<Recipe> {
  const chosen = context.options.list('build-option')
  const late = context.options.flag('like-melange')
  const recipe = await loadRecipe(path, await loadOptions(path, context))
  return late ? withLateOptions(recipe, chosen) : recipe
}

async function loadOptions(path: string, { options, log }: CommandContext): Promise<LoadOptions> {
  return {
    commit: options.string('git-commit') || ((await recipeCommit(path)) ?? 'unknown'),
    envFiles: options.list('env-file'),
    varsFile: options.string('vars-file'),
    buildOptions: options.flag('like-melange') ? [] : options.list('build-option'),
    overrides: {
      cpu: options.string('cpu'),
      memory: options.string('memory'),
      timeout: options.duration('timeout'),
    },
    log,
  }
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
