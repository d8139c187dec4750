import type { Suite } from '../suite.ts'
import { sca } from './sca.ts'

/** All suites, in the order in which they are run. */
export const suites: readonly Suite[] = [sca]
