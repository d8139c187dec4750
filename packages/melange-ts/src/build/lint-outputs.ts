import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomic } from '@apkts/cache'
import type { CompiledRecipe } from '../compile/types.ts'
import { lintFailure, lintPackage, lintResultFile, lintResultText } from '../lint/index.ts'
import type { PackageTree } from '../tree/index.ts'
import type { BuildOptions } from './options.ts'
import type { BuiltPackage } from './package-plan.ts'
import { fullVersion } from './package-sbom.ts'
import { packageDirectoryMode } from './umask.ts'

/** Lints all packages of a build before any of them is written. @throws LintError when a required linter finds something. */
export async function lintOutputs(
  recipe: CompiledRecipe,
  outputs: readonly { readonly output: BuiltPackage; readonly tree: PackageTree }[],
  options: BuildOptions,
): Promise<void> {
  for (const { output, tree } of outputs) {
    const { checks, test } = output.subpackage ?? { checks: recipe.package.checks, test: recipe.test }
    const subject = {
      name: output.name,
      tree,
      testUses: (test?.pipeline ?? []).map(({ uses }) => uses),
      likeMelange: options.likeMelange,
    }
    const selection = { required: options.lintRequire, warning: options.lintWarn, disabled: checks.disabled }
    const { results, failures } = lintPackage(subject, selection, options.log)
    const text = lintResultText(output.name, fullVersion(recipe), results)
    if (options.persistLintResults && text !== undefined) {
      const directory = join(options.outDir, recipe.arch)
      await mkdir(directory, { recursive: true, mode: packageDirectoryMode() })
      await writeFileAtomic(join(directory, lintResultFile(output.name, fullVersion(recipe))), text)
    }
    if (failures.length > 0) throw lintFailure(output.name, failures)
  }
}
