import type { Suite } from '../suite.ts'
import { e2eImages } from './e2e-images.ts'
import { e2ePackages } from './e2e-packages.ts'
import { errors } from './errors.ts'
import { goldenApks } from './golden-apks.ts'
import { goldenImages } from './golden-images.ts'
import { sca } from './sca.ts'
import { wolfiCorpus } from './wolfi-corpus.ts'

/** All suites, in the order in which they are run. */
export const suites: readonly Suite[] = [goldenImages, errors, e2eImages, sca, wolfiCorpus, goldenApks, e2ePackages]
