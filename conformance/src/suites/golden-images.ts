import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { compareImages } from '../images/compare.ts'
import { firstDifference } from '../images/difference.ts'
import { type GoldenCase, prepareCase, readCase } from '../images/golden-case.ts'
import { compareOutput } from '../images/rootfs-output.ts'
import type { CaseResult, Suite, SuiteContext } from '../suite.ts'

/** Complete runs: layers, documents, SBOMs, lock files, shown packages and configurations, warnings. */
export const goldenImages: Suite = {
  name: 'golden-images',
  quick: true,
  async *run(context) {
    const directory = join(context.data, 'golden-images')
    const names = (await readdir(directory)).filter((name) => /^\d\d-/.test(name)).sort()
    for (const name of names) {
      if (context.filter !== undefined && !name.includes(context.filter)) continue
      const detail = await runCase(await readCase(join(directory, name)), context)
      yield detail === undefined ? { name, ok: true } : { name, ok: false, detail }
    }
  },
} satisfies Suite

async function runCase(golden: GoldenCase, context: SuiteContext): Promise<CaseResult['detail']> {
  const cwd = await prepareCase(golden, context)
  return (await runSideCommands(golden, cwd, context)) ?? (await runBuild(golden, cwd, context))
}

async function runSideCommands(golden: GoldenCase, cwd: string, context: SuiteContext): Promise<string | undefined> {
  const { lockArgv, showPackagesArgv, showConfigArgv } = golden.facts
  if (lockArgv !== undefined) {
    const failure = await golden.run(lockArgv, cwd, context)
    const problem = failure.problem ?? (await golden.compareFile('lock.json', join(cwd, 'lock.json')))
    if (problem !== undefined) return problem
  }
  for (const [argv, name] of [
    [showPackagesArgv, 'packages.txt'],
    [showConfigArgv, 'show-config.yaml'],
  ] as const) {
    if (argv === undefined) continue
    const { problem, stdout } = await golden.run(argv, cwd, context)
    const difference = problem ?? firstDifference(name, await golden.expectedText(name), stdout)
    if (difference !== undefined) return difference
  }
  return undefined
}

async function runBuild(golden: GoldenCase, cwd: string, context: SuiteContext): Promise<string | undefined> {
  const { problem, stderr } = await golden.run(golden.facts.argv, cwd, context)
  if (problem !== undefined) return problem
  const silent = (golden.facts.warnings ?? []).find((warning) => !onceEach(stderr).includes(onceEach(warning)))
  const difference =
    golden.facts.images === undefined ? await compareOutput(golden, cwd) : await compareImages(golden, cwd)
  return difference ?? (silent === undefined ? undefined : `no warning ${JSON.stringify(silent)}`)
}

// The original repeats a log field when two of its layers add it.
function onceEach(log: string): string {
  return log.replace(/( arch=\S+)\1/g, '$1')
}
