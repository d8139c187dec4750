import { createRunner, RUNNER_NAMES, type RunnerName, SandboxError } from '@apkts/sandbox'
import type { Finding, Machine } from './types.ts'

/** Which runners can start a guest here. */
export async function runnerFindings({ env }: Machine): Promise<Finding[]> {
  return Promise.all(RUNNER_NAMES.map((name) => runnerFinding(name, env)))
}

async function runnerFinding(name: RunnerName, env: Machine['env']): Promise<Finding> {
  try {
    const { detail, slow } = await createRunner(name, { env }).checkUsable()
    const how = name === 'bubblewrap' ? 'the default' : `--runner ${name}`
    return {
      name: `runner.${name}`,
      state: slow === undefined ? 'works' : 'limited',
      detail: [how, detail, slow].filter((part) => part !== undefined).join('; '),
    }
  } catch (error) {
    if (!(error instanceof SandboxError)) throw error
    const reason = error.notes.flatMap((note) => note.split('\n')).find((line) => line.trim() !== '')
    const detail = [error.message, ...(reason === undefined ? [] : [reason.trim()])].join(': ')
    return { name: `runner.${name}`, state: 'missing', detail, hint: error.hint }
  }
}
