import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { checkWorkerPath } from '../assets.ts'
import { createPipelineLibrary } from '../compile/pipelines.ts'
import { type CheckOptions, checkFile } from './check.ts'
import type { CheckedFile } from './finding.ts'
import type { WorkerAnswer } from './worker.ts'

/** Recipes to check; plain data, so that threads can be given it. */
export interface CheckTask extends Omit<CheckOptions, 'library'> {
  readonly files: readonly string[]
  readonly pipelineDirs: readonly string[]
}

/** A thread starts in about the time that this many recipes take. */
const FILES_PER_THREAD = 40
const MAX_THREADS = 8

/** Checks recipes, in parallel where that pays; results in the order of the files. */
export async function runChecks(task: CheckTask, signal: AbortSignal): Promise<CheckedFile[]> {
  const worker = checkWorkerPath()
  const threads = Math.min(availableParallelism(), MAX_THREADS, Math.floor(task.files.length / FILES_PER_THREAD))
  if (worker === undefined || threads < 2) return await checkHere(task, signal)
  const shares = Array.from({ length: threads }, (_, share) => task.files.filter((_, at) => at % threads === share))
  const results = await Promise.all(shares.map((files) => checkInThread(worker, { ...task, files }, signal)))
  return task.files.map((_, at) => results[at % threads]![Math.floor(at / threads)]!)
}

async function checkHere({ files, pipelineDirs, ...options }: CheckTask, signal: AbortSignal): Promise<CheckedFile[]> {
  const library = createPipelineLibrary(pipelineDirs)
  const checked: CheckedFile[] = []
  for (const file of files) {
    signal.throwIfAborted()
    checked.push(await checkFile(file, { ...options, library }))
  }
  return checked
}

async function checkInThread(path: string, task: CheckTask, signal: AbortSignal): Promise<readonly CheckedFile[]> {
  const thread = new Worker(path, { workerData: task })
  const stop = (): void => void thread.terminate()
  signal.addEventListener('abort', stop)
  try {
    const answer = await new Promise<WorkerAnswer>((resolve, reject) => {
      thread.once('message', resolve)
      thread.once('error', reject)
      thread.once('exit', () => reject(signal.reason ?? new Error('a checking thread ended early')))
    })
    if ('failure' in answer) throw answer.failure
    return answer.checked
  } finally {
    signal.removeEventListener('abort', stop)
    await thread.terminate()
  }
}
