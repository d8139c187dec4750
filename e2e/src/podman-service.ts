import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { access } from 'node:fs/promises'
import { setTimeout as sleep } from 'node:timers/promises'

/** Runs `use` while podman serves the docker API on a socket; it gets the address for DOCKER_HOST. */
export async function whileServing<T>(
  socket: string,
  env: Readonly<Record<string, string>>,
  use: (address: string) => Promise<T>,
): Promise<T> {
  const address = `unix://${socket}`
  const child = spawn('podman', ['system', 'service', '--time=0', address], {
    env: { ...process.env, ...env },
    stdio: 'ignore',
  })
  const ended = once(child, 'exit')
  try {
    await appearance(socket)
    return await use(address)
  } finally {
    child.kill('SIGTERM')
    await ended
  }
}

async function appearance(path: string): Promise<void> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      return await access(path)
    } catch {
      await sleep(100)
    }
  }
  throw new Error(`${path} does not appear`)
}
