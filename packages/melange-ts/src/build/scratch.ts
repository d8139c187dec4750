import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { secretHider } from '../closed/secrets.ts'
import type { RunOptions } from './options.ts'
import { removeTree } from './remove-tree.ts'
import { openStepLog, type StepLog } from './step-log.ts'
import { OUTPUT_DIRECTORY } from './trees.ts'

/** What a build or test needs on disk while it runs. */
export interface Scratch {
  /** Directory behind the guest's home. */
  readonly workspace: string
  readonly stepLog: StepLog
  /** Hands over a guest's directory, to be removed at the end. */
  ownGuest(directory: string): void
  /** Runs a task when everything is over, however it ended. */
  atEnd(task: () => Promise<void>): void
  /** Removes what is no longer wanted; after a failure the step log stays, and everything if so asked. */
  close(options: { readonly failed: boolean }): Promise<void>
}

/** Makes the workspace and the step log of a recipe. */
export async function openScratch(options: RunOptions & { readonly arch: string }, name: string): Promise<Scratch> {
  const workspace = await openWorkspace(options)
  const stepLog = openStepLog(
    join(tmpdir(), `melange-${name}-${randomBytes(4).toString('hex')}.log`),
    options.log,
    secretHider(options.secrets),
  )
  const guests: string[] = []
  const tasks: (() => Promise<void>)[] = []
  return {
    workspace,
    stepLog,
    ownGuest: (directory) => void guests.push(directory),
    atEnd: (task) => void tasks.push(task),
    async close({ failed }) {
      await Promise.all(tasks.map((task) => task()))
      await stepLog.close({ keep: failed && !options.signal.aborted })
      if (failed && !options.remove) {
        options.log.info(`kept: workspace ${workspace}${guests.map((guest) => `, guest ${guest}`).join('')}`)
        return
      }
      await Promise.all([workspace, ...guests].map(removeTree))
    },
  }
}

async function openWorkspace({ workspaceDir, arch }: { workspaceDir: string; arch: string }): Promise<string> {
  if (workspaceDir === '') return mkdtemp(join(tmpdir(), 'melange-workspace-'))
  const workspace = resolve(workspaceDir, arch)
  // Steps may leave programs with the set-user-id bit there, which other users of the host must not reach.
  await mkdir(workspace, { recursive: true, mode: 0o700 })
  await chmod(workspace, 0o700)
  // Packages of an earlier, failed build must not end up in these.
  await removeTree(join(workspace, OUTPUT_DIRECTORY))
  return workspace
}
