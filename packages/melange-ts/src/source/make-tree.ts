import { cp, mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { isAbsolute, join, relative } from 'node:path'
import type { CompiledStep } from '../compile/types.ts'
import { SOURCE_DIR } from '../compile/variables.ts'
import { checkOut, type SourceOptions } from './checkout.ts'
import { SourceError } from './error.ts'
import { applyPatches } from './patches.ts'
import { directoryWithin } from './paths.ts'
import { fetchAndUnpack, type UnpackOptions } from './unpack.ts'

export interface TreeOptions extends SourceOptions, UnpackOptions {
  /** Directory of the patch files; without it patches are passed over. */
  readonly patchDirectory?: string | undefined
}

/**
 * Makes the source tree of a recipe on this machine, without running any script of it: fetches, checkouts and patches of
 * its top-level steps, all below `root`. A patch that does not apply is only warned of.
 */
export async function makeSourceTree(
  steps: readonly CompiledStep[],
  root: string,
  options: TreeOptions,
): Promise<void> {
  for (const step of steps) {
    const directory = await workingDirectory(step, root)
    await mkdir(directory, { recursive: true })
    if (step.uses === 'fetch') await fetchAndUnpack(step, directory, options)
    else if (step.uses === 'git-checkout') await checkOutInto(step, directory, options)
    else await patchTree(step, directory, options)
  }
}

// Steps see the tree at /home/build; here it lies elsewhere, and nothing outside of it is touched.
async function workingDirectory(step: CompiledStep, root: string): Promise<string> {
  const given = step.workingDirectory
  const path = isAbsolute(given) ? relative(SOURCE_DIR, given) : given
  return await directoryWithin(root, path === '' ? '.' : path, `${step.uses}: working-directory`, step.at)
}

async function checkOutInto(step: CompiledStep, directory: string, options: TreeOptions): Promise<void> {
  const target = await directoryWithin(directory, step.inputs.destination || '.', 'git-checkout: destination', step.at)
  const clone = await mkdtemp(join(tmpdir(), 'melange-clone-'))
  try {
    await checkOut(step, clone, { ...options, shallow: true })
    await cp(clone, target, { recursive: true, verbatimSymlinks: true, filter: (path) => path !== join(clone, '.git') })
  } finally {
    await rm(clone, { recursive: true, force: true })
  }
}

async function patchTree(step: CompiledStep, directory: string, options: TreeOptions): Promise<void> {
  const { patchDirectory, log } = options
  if (patchDirectory === undefined) return
  try {
    await applyPatches(step, { directory, patchDirectory }, options)
  } catch (error) {
    if (!(error instanceof SourceError) || error.code === 'SOURCE_PATH') throw error
    log.warn(error.message)
  }
}
