import { mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

interface ErrorCase {
  readonly name: string
  readonly argv: readonly string[]
  readonly env: Readonly<Record<string, string>>
  readonly files: Readonly<Record<string, string>>
  readonly exit: number
  readonly messageMustMention: readonly string[]
}

/** Configurations and command lines that must fail, with what their messages must mention. */
export const errors: Suite = {
  name: 'errors',
  quick: true,
  async *run(context) {
    const cases = JSON.parse(await readFile(join(context.data, 'golden-images', 'errors.json'), 'utf8')) as ErrorCase[]
    for (const item of cases) {
      if (context.filter !== undefined && !item.name.includes(context.filter)) continue
      const detail = await runCase(item, context)
      yield detail === undefined ? { name: item.name, ok: true } : { name: item.name, ok: false, detail }
    }
  },
} satisfies Suite

async function runCase(item: ErrorCase, context: SuiteContext): Promise<CaseResult['detail']> {
  const cwd = await context.temp()
  await symlink(join(context.data, 'repos'), join(cwd, 'repos'))
  for (const [name, text] of Object.entries(item.files)) {
    await mkdir(dirname(join(cwd, name)), { recursive: true })
    await writeFile(join(cwd, name), text)
  }
  const { exitCode, stderr } = await context.command('apko-ts', item.argv.slice(1), { cwd, env: item.env })
  if (exitCode !== item.exit) return `exit status ${exitCode}, expected ${item.exit}: ${stderr.trim()}`
  if (/^\s+at .*[:(]/m.test(stderr)) return `a stack trace: ${stderr.trim()}`
  const missing = item.messageMustMention.find((fragment) => !stderr.includes(fragment))
  return missing === undefined ? undefined : `does not mention ${JSON.stringify(missing)}: ${stderr.trim()}`
}
