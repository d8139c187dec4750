import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { recipeFiles } from '../check/recipe-files.ts'
import { count } from '../check/report/counts.ts'
import { REPORTS } from '../check/report/index.ts'
import { runChecks } from '../check/run-checks.ts'

const FOUND = 1

export async function run({ args, options, signal, version, print }: CommandContext): Promise<number> {
  const format = options.string('format')
  const report = Object.hasOwn(REPORTS, format) ? REPORTS[format] : undefined
  if (report === undefined) {
    throw new UsageError('FLAG_VALUE', `--format wants ${Object.keys(REPORTS).join(', ')}, found "${format}"`)
  }
  const files = await recipeFiles(args)
  const task = {
    files,
    archs: options.list('arch'),
    pipelineDirs: [options.string('pipeline-dir'), ...options.list('pipeline-dirs')],
    varsFile: options.string('vars-file'),
    envFiles: options.list('env-file'),
    buildOptions: options.list('build-option'),
  }
  const checked = await runChecks(task, signal)
  print(report(checked, { version, color: process.stdout.isTTY === true && !process.env.NO_COLOR }))
  const failed = count(checked, 'error') > 0 || (options.flag('strict') && count(checked, 'warning') > 0)
  return failed ? FOUND : 0
}
