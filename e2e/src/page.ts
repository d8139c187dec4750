import { chmod, mkdir, readFile, symlink, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { ROOT } from './commands.ts'

/** How a page is run: where, and what stands for the addresses it mentions. */
export interface PageRun {
  readonly home: string
  /** Text of the page → what it is in the test. */
  readonly instead?: Readonly<Record<string, string>>
  /** Directory with our commands, instead of those of the checkout. */
  readonly commands?: string
  /** Variables that the reader has set. */
  readonly env?: Readonly<Record<string, string>>
}

/**
 * Runs a page of the documentation from top to bottom as a reader would: blocks whose first line is a comment with a file's name are
 * written to that file, other blocks of sh are run in `home`, one shell each, until a command fails. Returns the scripts that ran.
 */
export async function runPage(name: string, { home, instead = {}, env = {}, commands }: PageRun): Promise<string[]> {
  if (commands === undefined) await installCommands(home)
  else await symlink(commands, join(home, 'bin'))
  const page = await readFile(join(ROOT, name), 'utf8')
  const scripts: string[] = []
  for (const [, kind, written = ''] of page.matchAll(/^```(\w+)\n(.*?)^```$/gms)) {
    const text = Object.entries(instead).reduce((so, [from, to]) => so.replaceAll(from, to), written)
    const file = /^# (\S+\.\w+)\n/.exec(text)?.[1]
    if (file !== undefined) await writeNamed(join(home, file), text)
    else if (kind === 'sh') {
      await runScript(text, home, env)
      scripts.push(text)
    }
  }
  return scripts
}

/** Runs commands as a user would type them, in one shell, until one fails. */
export async function runScript(
  script: string,
  home: string,
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const own = { PATH: `${home}/bin:${process.env.PATH ?? ''}`, HOME: home, TZ: 'UTC', NO_COLOR: '1' }
  return (await execa('sh', ['-euc', script], { cwd: home, env: { ...own, ...env }, extendEnv: false })).stdout
}

async function writeNamed(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}

/** Makes our commands programs of `home/bin`. */
async function installCommands(home: string): Promise<void> {
  await mkdir(join(home, 'bin'), { recursive: true })
  for (const name of ['apko-ts', 'melange-ts']) {
    const program = join(ROOT, `packages/${name}/bin/${name}.js`)
    await writeFile(join(home, 'bin', name), `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`)
    await chmod(join(home, 'bin', name), 0o755)
  }
}
