import { randomBytes } from 'node:crypto'
import { chmod, lstat, mkdir, readdir } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { ownerIsGone, ownerText } from '@apkts/cache'
import { isSystemError } from '@apkts/diagnostics'
import { secretHider } from '../closed/secrets.ts'
import { logFile } from './log-file.ts'
import type { RunOptions } from './options.ts'
import { removeTree } from './remove-tree.ts'
import { openStepLog, type StepLog } from './step-log.ts'
import { OUTPUT_DIRECTORY } from './trees.ts'

/** What a build or test needs on disk while it runs. */
export interface Scratch {
  /** Of this build alone, with everything in it but a workspace that was asked for. */
  readonly directory: string
  /** Directory behind the guest's home. */
  readonly workspace: string
  readonly stepLog: StepLog
  /** Runs a task when everything is over, however it ended; the last one first. */
  atEnd(task: () => Promise<void>): void
  /** Keeps the directory if this fails: a later build goes on from what is in it. */
  preserve(): void
  /** Removes what is no longer wanted; after a failure the log stays, and everything if so asked. */
  close(options: { readonly failed: boolean }): Promise<void>
}

export interface ScratchOptions extends RunOptions {
  readonly arch: string
}

const PREFIX = 'melange-ts-'

/** Makes the workspace and the log of a package (`name` with its version); the directory is a new one, for its files alone. */
export async function openScratch(options: ScratchOptions, name: string, directory: string): Promise<Scratch> {
  const workspace = await openWorkspace(directory, options)
  const log = await logFile(options.env, `${name}-${options.arch}`)
  const stepLog = openStepLog(log.file, options.log, secretHider(options.secrets))
  const tasks: (() => Promise<void>)[] = []
  let preserved = false
  return {
    directory,
    workspace,
    stepLog,
    atEnd: (task) => void tasks.unshift(task),
    preserve: () => {
      preserved = true
    },
    async close({ failed }) {
      for (const task of tasks) await task()
      await stepLog.close({ keep: log.permanent || (failed && !options.signal.aborted) })
      if (failed && !options.remove) {
        options.log.info(`kept: workspace ${workspace}, environment below ${directory}`)
        return
      }
      // One may lie in the other.
      if (!failed || !preserved) for (const path of [workspace, directory]) await removeTree(path)
    },
  }
}

/** A new directory among temporary files. What builds that were killed left there goes. */
export async function temporaryScratch({ remove }: Pick<ScratchOptions, 'remove'>): Promise<string> {
  await removeAbandoned(tmpdir())
  // One that is to stay has a name that says nothing of its owner, so that no later build takes it for abandoned.
  const owner = remove ? ownerText() : 'kept'
  const directory = join(tmpdir(), `${PREFIX}${owner}-${randomBytes(4).toString('hex')}`)
  await mkdir(directory, { mode: 0o700 })
  return directory
}

async function openWorkspace(directory: string, { workspaceDir, arch }: ScratchOptions): Promise<string> {
  const workspace = workspaceDir === '' ? join(directory, 'workspace') : resolve(workspaceDir, arch)
  // Steps may leave programs with the set-user-id bit there, which other users of the host must not reach.
  await mkdir(workspace, { recursive: true, mode: 0o700 })
  await chmod(workspace, 0o700)
  // Packages of an earlier, failed build must not end up in these.
  await removeTree(join(workspace, OUTPUT_DIRECTORY))
  return workspace
}

async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const owner = name.startsWith(PREFIX) ? name.slice(PREFIX.length, name.lastIndexOf('-')) : ''
    if (!ownerIsGone(owner)) continue
    try {
      // Anybody may make a directory of such a name; in ours nobody else can exchange what is being removed.
      const { uid } = await lstat(join(parent, name))
      if (uid === process.getuid?.()) await removeTree(join(parent, name))
    } catch (error) {
      // Another build is removing it, too.
      if (!isSystemError(error)) throw error
    }
  }
}
