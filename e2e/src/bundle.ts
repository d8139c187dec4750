import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { execa } from 'execa'

/** What the tests change in an OCI runtime configuration. */
export interface RuntimeConfig {
  process: {
    terminal?: boolean
    args: string[]
    env: string[]
    user: { uid: number; gid: number }
    capabilities: Record<string, string[]>
  }
  linux: {
    namespaces: { type: string }[]
    resources?: unknown
    uidMappings?: unknown
    gidMappings?: unknown
    maskedPaths?: string[]
    readonlyPaths?: string[]
  }
  mounts: { destination: string; type: string; source?: string; options?: string[] }[]
}

/** A TCP port of loopback that nobody uses right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

/** Fits an unpacked bundle to a test: no terminal, this machine's loopback, no control groups, and more variables. */
export async function adaptBundle(bundle: string, env: readonly string[]): Promise<RuntimeConfig> {
  const path = join(bundle, 'config.json')
  const config = JSON.parse(await readFile(path, 'utf8')) as RuntimeConfig
  config.process.terminal = false
  config.process.env.push(...env)
  config.linux.namespaces = config.linux.namespaces.filter(({ type }) => type !== 'network' && type !== 'cgroup')
  config.mounts = config.mounts.filter(({ type }) => type !== 'cgroup' && type !== 'cgroup2')
  delete config.linux.resources
  await writeFile(path, JSON.stringify(config))
  return config
}

/** Runs a bundle with crun while `use` works with it, then ends its process by a signal. */
export async function whileRunning<T>(
  bundle: string,
  use: () => Promise<T>,
  signal: NodeJS.Signals = 'SIGTERM',
): Promise<T> {
  const name = `apkts-e2e-${process.pid}`
  const pidFile = join(bundle, 'pid')
  const child = spawn('sh', ['-c', crunCommand(bundle, pidFile, name)], { stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk) => output.push(chunk))
  child.stderr.on('data', (chunk) => output.push(chunk))
  const ended = once(child, 'exit')
  try {
    return await Promise.race([
      use(),
      ended.then(() => {
        throw new Error(`the container ended early: ${Buffer.concat(output).toString()}`)
      }),
    ])
  } finally {
    const pid = Number(await readFile(pidFile, 'utf8').catch(() => ''))
    if (pid > 0 && child.exitCode === null) process.kill(pid, signal)
    await ended
  }
}

/** Runs a bundle's program to its end and returns what it printed. */
export async function runBundle(bundle: string): Promise<string> {
  const name = `apkts-e2e-${process.pid}`
  const { stdout } = await execa('sh', ['-c', crunCommand(bundle, join(bundle, 'pid'), name)])
  return stdout
}

/**
 * crun refuses to start where control groups of both versions are mounted, even when it is told not to use any. There it
 * gets a mount namespace of its own that shows it none.
 */
function crunCommand(bundle: string, pidFile: string, name: string): string {
  const flags = `--root '${bundle}/state' --cgroup-manager=disabled run --bundle '${bundle}' --pid-file '${pidFile}' ${name}`
  if (!existsSync('/sys/fs/cgroup/unified')) return `exec crun ${flags}`
  const hide = 'mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/unified'
  return `exec unshare --mount sh -c "${hide} && exec crun ${flags}"`
}

/** Asks a server that is just starting, until it answers or half a minute has gone. */
export async function askWhenReady(url: string): Promise<string> {
  for (let attempt = 0; attempt < 300; attempt++) {
    try {
      return await (await fetch(url)).text()
    } catch {
      await sleep(100)
    }
  }
  throw new Error(`${url} does not answer`)
}
