import { cp, mkdir, readdir, readFile, stat, symlink } from 'node:fs/promises'
import { basename, join } from 'node:path'
import type { SuiteContext } from '../suite.ts'
import { firstDifference } from './difference.ts'

export interface GoldenFacts {
  readonly env: Readonly<Record<string, string>>
  readonly argv: readonly string[]
  readonly lockArgv?: readonly string[]
  readonly showPackagesArgv?: readonly string[]
  readonly showConfigArgv?: readonly string[]
  readonly warnings?: readonly string[]
  readonly sbomFiles?: readonly string[]
  readonly dockerTarMembers?: readonly string[]
  /** In index order. */
  readonly images?: readonly GoldenImage[]
  readonly outputSha256?: string
  readonly outputSize?: number
}

export interface GoldenImage {
  /** Repository spelling. */
  readonly arch: string
  readonly imageId: string
  /** Of the uncompressed layers. */
  readonly diffIds: readonly string[]
}

interface Outcome {
  /** What the command did wrong. */
  readonly problem: string | undefined
  readonly stdout: string
  readonly stderr: string
}

export interface GoldenCase {
  readonly directory: string
  readonly facts: GoldenFacts
  expectedText(name: string): Promise<string>
  compareFile(name: string, actual: string): Promise<string | undefined>
  run(argv: readonly string[], cwd: string, context: SuiteContext): Promise<Outcome>
}

export async function readCase(directory: string): Promise<GoldenCase> {
  const facts = JSON.parse(await readFile(join(directory, 'case.json'), 'utf8')) as GoldenFacts
  const expectedText = (name: string): Promise<string> => readFile(join(directory, name), 'utf8')
  return {
    directory,
    facts,
    expectedText,
    compareFile: async (name, actual) =>
      firstDifference(name, await expectedText(name), await readFile(actual, 'utf8')),
    run: async (argv, cwd, context) => {
      const { exitCode, stdout, stderr } = await context.command('apko-ts', argv.slice(1), { cwd, env: facts.env })
      const problem = exitCode === 0 ? undefined : `${argv[1]}: exit status ${exitCode}: ${stderr.trim()}`
      return { problem, stdout, stderr }
    },
  }
}

const RESULTS = new Set([
  'case.json',
  'docker-manifest.json',
  'index.json',
  'lock.json',
  'packages.txt',
  'rootfs.jsonl',
  'sbom-index.spdx.json',
  'show-config.yaml',
])

/** A working directory with the inputs of a case and none of its results. */
export async function prepareCase({ directory }: GoldenCase, context: SuiteContext): Promise<string> {
  const cwd = await context.temp()
  await symlink(join(context.data, 'repos'), join(cwd, 'repos'))
  await mkdir(join(cwd, 'sbom'))
  await mkdir(join(cwd, 'oci'))
  for (const name of await readdir(directory)) {
    const source = join(directory, name)
    if (RESULTS.has(name) || (await holdsResults(source))) continue
    await cp(source, join(cwd, basename(source)), { recursive: true })
  }
  return cwd
}

async function holdsResults(path: string): Promise<boolean> {
  return (await stat(path)).isDirectory() && (await readdir(path)).includes('manifest.json')
}
