import { DiagnosticError, throwProblems } from '@apkts/diagnostics'
import type { CommandContext } from '@apkts/diagnostics/cli'
import { readPrivateKeyFile } from '@apkts/keyring'
import { createTracer } from '../build/index.ts'
import { type RebuildOptions, type Rebuilt, rebuildPackage } from '../rebuild/rebuild.ts'
import { stepValues } from './step-values.ts'

export async function run(context: CommandContext): Promise<number> {
  const { args, options, print } = context
  const values = await rebuildValues(context)
  const problems: DiagnosticError[] = []
  let different = false
  for (const file of args) {
    try {
      const rebuilt = await rebuildPackage(file, values)
      if (options.flag('diff')) print(verdict(rebuilt))
      different ||= options.flag('diff') && !rebuilt.comparison.identical
    } catch (error) {
      if (!(error instanceof DiagnosticError)) throw error
      problems.push(error)
    }
  }
  throwProblems(problems)
  return different ? 1 : 0
}

function verdict({ file, made, comparison: { identical, differences } }: Rebuilt): string {
  if (identical) return `${file}: identical\n`
  return `${[`${file}: differs from ${made}`, ...differences.map((text) => text.replace(/\n$/, ''))].join('\n')}\n`
}

async function rebuildValues(context: CommandContext): Promise<RebuildOptions> {
  const { options } = context
  const keyPath = options.string('signing-key')
  return {
    ...(await stepValues(context, createTracer({ file: '', log: context.log }))),
    pipelineDirs: options.list('pipeline-dirs'),
    packageAppend: [],
    buildOptions: [],
    varsFile: '',
    libc: 'gnu',
    sourceDir: options.string('source-dir'),
    emptyWorkspace: false,
    snapshots: false,
    fromStep: '',
    outDir: options.string('out-dir'),
    signing: keyPath === '' ? undefined : { key: await readPrivateKeyFile(keyPath), path: keyPath },
    generateIndex: false,
    generateProvenance: false,
    createBuildLog: false,
    dependencyLog: '',
    lintRequire: [],
    lintWarn: [],
    persistLintResults: false,
    likeMelange: options.flag('like-melange'),
  }
}
