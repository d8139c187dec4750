import type { CommandContext } from '@apkts/diagnostics/cli'
import { chosenArchs, createTracer, forEachArch, type TestOptions, testForArch } from '../build/index.ts'
import { stepValues } from './step-values.ts'

export async function run(context: CommandContext): Promise<undefined> {
  const { options, log } = context
  const common = await testValues(context)
  const archs = chosenArchs(options.list('arch'))
  await forEachArch(archs, { sequential: common.shellOnFailure, log }, (arch) => {
    return testForArch({ ...common, arch, log: archs.length > 1 ? log.child({ arch }) : log })
  })
}

/** What a test is told by the flags of `test` and its surroundings. */
export async function testValues(context: CommandContext): Promise<Omit<TestOptions, 'arch'>> {
  const { args, options, log } = context
  return {
    ...(await stepValues(context, createTracer({ file: '', log }))),
    recipe: args[0]!,
    testedPackage: args[1] ?? '',
    pipelineDirs: options.list('pipeline-dirs'),
    packageAppend: options.list('test-package-append'),
    sourceDir: options.string('source-dir'),
  }
}
