import type { Suite } from '../suite.ts'
import { apkFormat } from './apk-format.ts'
import { e2eImages } from './e2e-images.ts'
import { e2ePackages } from './e2e-packages.ts'
import { errors } from './errors.ts'
import { goldenApks } from './golden-apks.ts'
import { goldenImages } from './golden-images.ts'
import { rebuild } from './rebuild.ts'
import { recipeExamples } from './recipe-examples.ts'
import { recipeTests } from './recipe-tests.ts'
import { sca } from './sca.ts'
import { solver } from './solver.ts'
import { versions } from './versions.ts'
import { wolfiCorpus } from './wolfi-corpus.ts'

/** All suites, in the order in which they are run. */
export const suites: readonly Suite[] = [
  versions,
  apkFormat,
  solver,
  goldenImages,
  errors,
  e2eImages,
  sca,
  recipeExamples,
  wolfiCorpus,
  goldenApks,
  e2ePackages,
  rebuild,
  recipeTests,
]
