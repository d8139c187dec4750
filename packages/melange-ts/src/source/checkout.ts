import type { Location, Log } from '@apkts/diagnostics'
import type { CompiledStep } from '../compile/types.ts'
import { SourceError } from './error.ts'
import { gitOrThrow } from './tool.ts'

export interface SourceOptions {
  readonly log: Log
  readonly signal: AbortSignal
  /** Only the tree counts: no history where the server can leave it out. */
  readonly shallow?: boolean
}

// The recipe may name a repository of this machine; what it clones may not.
const REMOTE_ONLY = { GIT_ALLOW_PROTOCOL: 'git:http:https:ssh' }

/**
 * Does what a `git-checkout` step says, with the git of this machine: clones all history into the new `directory`, checks
 * the expected commit out, updates submodules, picks commits. Returns the commit that patches are based on.
 */
export async function checkOut(
  step: CompiledStep,
  directory: string,
  { log, signal, shallow }: SourceOptions,
): Promise<string> {
  const { repository = '', branch = '', tag = '', 'expected-commit': expected = '' } = step.inputs
  for (const [name, value] of Object.entries({ repository, branch, tag })) checkWord(name, value, step.at)
  const reference = branch || tag
  log.info(`cloning ${repository}${reference === '' ? '' : ` at ${reference}`}`)
  const clone = ['clone', '--quiet', '--origin=origin', ...(reference === '' ? [] : [`--branch=${reference}`])]
  if (shallow && tag !== '') clone.push('--depth=1')
  await gitOrThrow([...clone, '--', repository, directory], { cwd: '.', signal }, `cloning ${repository}`)
  const inside = { cwd: directory, signal }
  if (expected !== '') {
    await gitOrThrow(['checkout', '--quiet', expected, '--'], inside, `checking out ${expected} of ${repository}`)
  }
  if (step.inputs['recurse-submodules'] === 'true') {
    const update = ['submodule', 'update', '--quiet', '--init', '--recursive']
    await gitOrThrow(update, { ...inside, env: REMOTE_ONLY }, 'updating submodules')
  }
  const base = (await gitOrThrow(['rev-parse', '--verify', 'HEAD'], inside, 'reading HEAD')).trim()
  for (const commit of cherryPicks(step)) {
    await gitOrThrow(['cherry-pick', '-x', commit], inside, `picking ${commit}`)
  }
  return expected === '' ? base : expected
}

/** Clones the tree at a tag or branch, or the newest one, without history. */
export async function cloneOnly(
  { repository, reference }: { readonly repository: string; readonly reference: string },
  directory: string,
  signal: AbortSignal,
): Promise<void> {
  checkWord('repository', repository)
  checkWord('tag', reference)
  const branch = reference === '' ? [] : [`--branch=${reference}`]
  const clone = ['clone', '--quiet', '--depth=1', ...branch, '--', repository, directory]
  await gitOrThrow(clone, { cwd: '.', signal }, `cloning ${repository}`)
}

// A word that begins with a dash would be an option, and `ext::` a command.
function checkWord(name: string, value: string, at?: Location): void {
  if (!value.startsWith('-') && !/^[a-z0-9+.-]*::/i.test(value) && !value.includes('\0')) return
  throw new SourceError('SOURCE_INPUT', `${name}: "${value}" is none that git may be given`, { at })
}

/** Commits of the lines `[BRANCH/]COMMIT: comment`. */
function cherryPicks(step: CompiledStep): string[] {
  const lines = (step.inputs['cherry-picks'] ?? '').split('\n').map((line) => line.replace(/#.*/, '').trim())
  return lines.filter(Boolean).map((line) => {
    const commit = /^(?:[^:\s]+\/)?([0-9a-f]{7,64})\s*:\s*\S/.exec(line)?.[1]
    if (commit !== undefined) return commit
    const message = `git-checkout: cherry-picks: expected [BRANCH/]COMMIT: comment, found "${line}"`
    throw new SourceError('SOURCE_INPUT', message, { at: step.at })
  })
}
