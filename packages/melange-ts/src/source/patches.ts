import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { CompiledStep } from '../compile/types.ts'
import type { SourceOptions } from './checkout.ts'
import { SourceError } from './error.ts'
import { fileWithin } from './paths.ts'
import { patchNames } from './steps.ts'
import { git, gitOrThrow, runTool } from './tool.ts'

const PATCH_ARGUMENTS = ['-p1', '--fuzz=2', '--batch', '--no-backup-if-mismatch', '--reject-file=-']

/**
 * Commits the patches of a `patch` or `git-am` step, one commit each: as a mail, else as a diff that applies exactly, else
 * with `patch`, which looks for the place. Names are relative to `patchDirectory` and may not lead out of it.
 */
export async function commitPatches(
  step: CompiledStep,
  { directory, patchDirectory }: { readonly directory: string; readonly patchDirectory: string },
  { log, signal }: SourceOptions,
): Promise<void> {
  for (const name of patchNames(step)) {
    const file = await fileWithin(patchDirectory, name, step.uses, step.at)
    const how = await commitPatch(file, { cwd: directory, signal })
    if (how === undefined) {
      throw new SourceError('PATCH_FAILED', `${name} does not apply`, {
        at: step.at,
        hint: `neither git am, git apply nor patch take it; look at ${file}`,
      })
    }
    log.info(`applied ${name} (${how})`)
  }
}

/** Applies the patches of a step with `patch`, without commits. Names may not lead out of `patchDirectory`. */
export async function applyPatches(
  step: CompiledStep,
  { directory, patchDirectory }: { readonly directory: string; readonly patchDirectory: string },
  { signal }: SourceOptions,
): Promise<void> {
  for (const name of patchNames(step)) {
    const input = await readFile(await fileWithin(patchDirectory, name, step.uses, step.at), 'utf8')
    const { ok, lines } = await runTool('patch', PATCH_ARGUMENTS, { cwd: directory, signal, input })
    if (!ok) throw new SourceError('PATCH_FAILED', `${name} does not apply`, { at: step.at, notes: lines })
  }
}

async function commitPatch(
  file: string,
  inside: { readonly cwd: string; readonly signal: AbortSignal },
): Promise<string | undefined> {
  const input = await readFile(file, 'utf8')
  if ((await git(['am', '--quiet', '--keep-cr', '-'], { ...inside, input })).ok) return 'git am'
  await git(['am', '--abort'], inside)
  if ((await git(['apply', '--index', '-'], { ...inside, input })).ok) return await commit(file, 'git apply', inside)
  if ((await runTool('patch', [...PATCH_ARGUMENTS, '--dry-run'], { ...inside, input })).ok) {
    await runTool('patch', PATCH_ARGUMENTS, { ...inside, input })
    return await commit(file, 'patch', inside)
  }
  return undefined
}

async function commit(file: string, how: string, inside: { cwd: string; signal: AbortSignal }): Promise<string> {
  const subject = basename(file).replace(/\.patch$/, '')
  await gitOrThrow(['add', '--all'], inside, 'adding what a patch changed')
  await gitOrThrow(['commit', '--quiet', '--no-verify', `--message=${subject}`], inside, `committing ${subject}`)
  return how
}
