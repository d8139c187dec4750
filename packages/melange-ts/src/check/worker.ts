import { parentPort, workerData } from 'node:worker_threads'
import { createPipelineLibrary } from '../compile/pipelines.ts'
import { checkFile } from './check.ts'
import type { CheckedFile } from './finding.ts'
import type { CheckTask } from './run-checks.ts'

/** What a thread says: what it found in its files, or why it could not go on. */
export type WorkerAnswer = { readonly checked: readonly CheckedFile[] } | { readonly failure: unknown }

void answer(workerData as CheckTask)

async function answer({ files, pipelineDirs, ...options }: CheckTask): Promise<void> {
  try {
    const library = createPipelineLibrary(pipelineDirs)
    const checked: CheckedFile[] = []
    for (const file of files) checked.push(await checkFile(file, { ...options, library }))
    parentPort?.postMessage({ checked } satisfies WorkerAnswer)
  } catch (failure) {
    parentPort?.postMessage({ failure } satisfies WorkerAnswer)
  }
}
