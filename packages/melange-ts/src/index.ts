export type { BuildResult, TestResult } from './build/index.ts'
export { stepCommand } from './build/step-command.ts'
export { type CompileOptions, compileRecipe } from './compile/compile.ts'
export { compiledJson, compiledJsonText, melangeYaml } from './compile/document.ts'
export { createPipelineLibrary, type PipelineLibrary } from './compile/pipelines.ts'
export {
  type CompiledRecipe,
  type CompiledStep,
  type CompiledSubpackage,
  type CompiledTest,
  stepTitle,
} from './compile/types.ts'
export type { EmittedPackage } from './emit/index.ts'
export {
  type BuildPackageOptions,
  buildPackage,
  type StepOptions,
  type TestPackageOptions,
  testPackage,
} from './library.ts'
export { RecipeError, type RecipeErrorCode } from './recipe/error.ts'
export { type LoadOptions, loadRecipe } from './recipe/load.ts'
export { parseRecipe, type RecipeSources } from './recipe/parse.ts'
export type { Recipe, RecipePackage, Step, Subpackage } from './recipe/types.ts'
export {
  analyse,
  type Generated,
  NO_SCA_OPTIONS,
  type ScaBuild,
  type ScaOptions,
  type ScaPackage,
} from './sca/index.ts'
export { type PackageTree, type TreeEntry, treeFromTar } from './tree/index.ts'
