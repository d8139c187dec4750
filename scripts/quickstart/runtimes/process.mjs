import { Failure } from '../failure.mjs'

const PATIENCE_MS = 10_000

/** Watches a spawned runtime: its exit status, and what it said. */
export function watch(child) {
  const said = []
  child.stderr.on('data', (chunk) => said.push(chunk.toString()))
  const ended = new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (status, signal) => resolve(status ?? signal))
  })
  ended.catch(() => {})
  return { ended, said: () => said.join('').trim() }
}

/** Waits until `find` returns something, while the runtime is alive. */
export async function waitFor(find, { ended, said }) {
  let over = false
  ended.then(
    () => {
      over = true
    },
    () => {
      over = true
    },
  )
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; ) {
    const found = find()
    if (found !== undefined) return found
    if (over) break
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Failure(said() || 'it did not start')
}

/** Asks the process to end and waits; after ten seconds it is killed. Resolves to the exit status of the runtime. */
export async function terminate(pid, { ended }) {
  process.kill(pid, 'SIGTERM')
  const timer = setTimeout(() => process.kill(pid, 'SIGKILL'), PATIENCE_MS)
  try {
    return await ended
  } finally {
    clearTimeout(timer)
  }
}
