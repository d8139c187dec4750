import { readFile, stat } from 'node:fs/promises'
import { writeFileAtomic } from '@apkts/cache'
import { hostArch } from '@apkts/config'
import { isSystemError } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { checksumsOf } from '../bump/download.ts'
import { planBump } from '../bump/plan.ts'
import { applyEdits, type TextEdit } from '../bump/text-edits.ts'
import { RecipeError } from '../recipe/error.ts'

export async function run({ args, options, log, signal, version }: CommandContext): Promise<undefined> {
  const [file, newVersion] = args as [string, string]
  const expectedCommit = checkedCommit(options.string('expected-commit'))
  const text = await readRecipe(file)
  const plan = planBump({ recipe: { file, text }, version: newVersion, arch: hostArch(process.arch), expectedCommit })
  const edits: TextEdit[] = [...plan.edits]
  for (const download of plan.downloads) {
    log.info(`computing the checksums of ${download.uri}`)
    edits.push(...download.edits(await checksumsOf(download.uri, { userAgent: `melange-ts/${version}`, signal })))
  }
  const { mode } = await stat(file)
  await writeFileAtomic(file, applyEdits(text, edits), { mode: mode & 0o7777 })
}

function checkedCommit(commit: string): string {
  if (commit === '' || /^[0-9a-f]{40}$/.test(commit)) return commit
  throw new UsageError('FLAG_VALUE', `--expected-commit: expected 40 hex digits, found "${commit}"`)
}

async function readRecipe(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RecipeError('RECIPE_UNREADABLE', `${file} cannot be read (${error.code})`, { cause: error })
  }
}
