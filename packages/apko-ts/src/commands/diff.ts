import { hostArch, parseArchList } from '@apkts/config'
import { didYouMean } from '@apkts/diagnostics'
import { type CommandContext, type OptionValues, UsageError } from '@apkts/diagnostics/cli'
import { openRemote } from '@apkts/registry'
import { compareSubjects, type Difference, isDifferent } from '../diff/compare.ts'
import { openSubject } from '../diff/open.ts'
import { differenceJson } from '../diff/report/json.ts'
import { formatMarkdown } from '../diff/report/markdown.ts'
import { formatText } from '../diff/report/text.ts'
import { closeSubject, type Subject } from '../diff/subject.ts'
import { loadConfig } from './inputs.ts'

export async function run(context: CommandContext): Promise<number> {
  const { args, options, print } = context
  const format = readFormat(options)
  const found = await compareArguments(args, context)
  print(format(found))
  return options.flag('exit-code') && isDifferent(found) ? 1 : 0
}

async function compareArguments(names: readonly string[], context: CommandContext): Promise<Difference> {
  const { options, log, env, signal, version } = context
  const archs = options.list('arch')
  const platforms = archs.length === 0 ? undefined : new Set(parseArchList(archs, hostArch(process.arch)))
  const open = (name: string) =>
    openSubject(name, {
      loadConfig: async (path) => (await loadConfig(path, log, options.list('include-paths'))).config,
      openRemote: (reference) => openRemote(reference, { env, signal, log, userAgent: `apko-ts/${version}` }),
    })
  const opened: Subject[] = []
  try {
    for (const name of names) opened.push(await open(name))
    return await compareSubjects(opened[0]!, opened[1]!, platforms)
  } finally {
    for (const subject of opened) await closeSubject(subject)
  }
}

const FORMATS = ['text', 'markdown', 'json'] as const

function readFormat(options: OptionValues): (found: Difference) => string {
  const limit = options.int('limit')
  if (limit < 0) throw new UsageError('FLAG_VALUE', `--limit must not be negative, got ${limit}`)
  const name = options.flag('json') ? 'json' : options.string('format')
  switch (name) {
    case 'text':
      return (found) => formatText(found, limit)
    case 'markdown':
      return (found) => formatMarkdown(found, limit)
    case 'json':
      return (found) => `${JSON.stringify(differenceJson(found), null, 2)}\n`
    default:
      throw new UsageError('FLAG_VALUE', `--format must be text, markdown or json, got ${JSON.stringify(name)}`, {
        hint: didYouMean(name, FORMATS),
      })
  }
}
