import { readFile, realpath, stat } from 'node:fs/promises'
import { text } from 'node:stream/consumers'
import { writeFileAtomic } from '@apkts/cache'
import { formatYaml } from '@apkts/config'
import { DiagnosticError, isSystemError, throwProblems } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { recipeFiles } from '../check/recipe-files.ts'
import { RecipeError } from '../recipe/error.ts'
import { unifiedDiff } from '../text/unified-diff.ts'

const UNFORMATTED = 1

export async function run({ args, options, signal, print }: CommandContext): Promise<number> {
  const problems: DiagnosticError[] = []
  let changed = 0
  for (const file of await recipeFiles(args)) {
    signal.throwIfAborted()
    try {
      const before = await read(file)
      const after = formatYaml({ file: file === '-' ? 'standard input' : file, text: before })
      if (before !== after) changed += 1
      if (options.flag('diff')) print(unifiedDiff({ name: file, text: before }, { name: file, text: after }))
      else if (file === '-' && !options.flag('check')) print(after)
      else if (before !== after) print(`${file}\n`)
      if (before !== after && file !== '-' && !options.flag('check') && !options.flag('diff')) await write(file, after)
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error
      problems.push(error)
    }
  }
  throwProblems(problems)
  return options.flag('check') && changed > 0 ? UNFORMATTED : 0
}

async function read(file: string): Promise<string> {
  if (file === '-') return await text(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if (!isSystemError(error)) throw error
    throw new RecipeError('RECIPE_UNREADABLE', `${file} cannot be read (${error.code})`, { cause: error })
  }
}

async function write(file: string, formatted: string): Promise<void> {
  const target = await realpath(file)
  const { mode } = await stat(target)
  await writeFileAtomic(target, formatted, { mode: mode & 0o7777 })
}
