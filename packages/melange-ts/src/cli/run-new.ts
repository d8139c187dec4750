import { writeFile } from 'node:fs/promises'
import { isSystemError } from '@apkts/diagnostics'
import { type CommandContext, UsageError } from '@apkts/diagnostics/cli'
import { openRepositories } from '@apkts/repository'
import { gatherFacts } from '../new/gather.ts'
import { packageName } from '../new/names.ts'
import { recipeSkeleton } from '../new/recipe.ts'

export async function run({ args, options, log, env, signal, print }: CommandContext): Promise<undefined> {
  const client = openRepositories({ keys: new Map(), env, log, signal })
  try {
    const tag = options.string('tag')
    const found = await gatherFacts(args[0]!, { log, signal, tag, stream: (uri) => client.stream(uri) })
    const name = packageName(options.string('name') || found.name)
    const text = recipeSkeleton({ ...found, name, version: options.string('version') || found.version })
    const output = options.string('output') || `${name}.yaml`
    if (output === '-') print(text)
    else {
      await writeNew(output, text)
      print(`${output}\n`)
    }
  } finally {
    await client.close()
  }
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: 'wx' })
  } catch (error) {
    if (!isSystemError(error, 'EEXIST')) throw error
    throw new UsageError('FLAG_VALUE', `${path} is there already`, {
      hint: 'name another file with --output',
      cause: error,
    })
  }
}
