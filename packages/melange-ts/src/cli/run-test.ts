import type { CommandContext } from '@apkts/diagnostics/cli'
import { chosenArchs, createTracer, forEachArch, testPackages } from '../build/index.ts'
import { checkHttpAuth } from './http-auth.ts'
import { stepValues } from './step-values.ts'

export async function run(context: CommandContext): Promise<undefined> {
  checkHttpAuth(context.env)
  const { args, options, log } = context
  const common = {
    ...(await stepValues(context, createTracer({ file: '', log }))),
    recipe: args[0]!,
    testedPackage: args[1] ?? '',
    pipelineDirs: options.list('pipeline-dirs'),
    packageAppend: options.list('test-package-append'),
    sourceDir: options.string('source-dir'),
  }
  const archs = chosenArchs(options.list('arch'))
  await forEachArch(archs, { sequential: common.shellOnFailure, log }, (arch) => {
    return testPackages({ ...common, arch, log: archs.length > 1 ? log.child({ arch }) : log })
  })
}
