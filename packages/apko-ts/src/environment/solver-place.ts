import { type Locate, toApkArch } from '@apkts/config'
import { SolverError } from '@apkts/solver'

export interface SolvedFor {
  /** OCI name. */
  readonly arch: string
  /** Configured packages, as written. */
  readonly packages: readonly string[]
  readonly locate?: Locate | undefined
}

/** Runs a resolution; its failure names the architecture and the place in the configuration that asked for it. */
export function atPlace<T>({ arch, packages, locate }: SolvedFor, solve: () => T): T {
  try {
    return solve()
  } catch (error) {
    if (!(error instanceof SolverError)) throw error
    const index = packages.indexOf(error.chain[0]?.constraint ?? '')
    const at = index < 0 ? undefined : locate?.(['contents', 'packages', index])
    const { hint, cause, chain, candidates } = error
    const notes = [...error.notes, `while resolving for ${toApkArch(arch)}`]
    throw new SolverError(error.code, error.message, { at: error.at ?? at, hint, cause, notes, chain, candidates })
  }
}
