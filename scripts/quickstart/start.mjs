import { rmSync } from 'node:fs'
import { onPath } from '../tools.mjs'
import { freePort } from './ask.mjs'
import { run } from './command.mjs'
import { Failure } from './failure.mjs'
import { startInBubblewrap } from './runtimes/bubblewrap.mjs'
import { startInContainer } from './runtimes/container.mjs'
import { startInCrun } from './runtimes/crun.mjs'
import { unpackImage } from './unpack.mjs'

/**
 * Starts the image with the first of podman, docker, crun and bubblewrap that manages to. Returns
 * `{ runtime, url, stop }`, where `stop` ends it and tells its exit status.
 */
export async function startImage(toolchain, report) {
  const { places } = toolchain
  for (const runtime of await usableRuntimes(report)) {
    try {
      const server = await runtime.start({ places, port: await freePort() })
      report(`started with ${runtime.name}, process ${server.pid}`)
      return { runtime: runtime.name, ...server }
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      report(`${runtime.name} cannot start it: ${error.message.split('\n')[0]}`)
    }
  }
  throw new Failure('nothing here can start the image', 'install podman, docker, crun or bubblewrap')
}

async function usableRuntimes(report) {
  const containers = []
  for (const name of ['podman', 'docker']) {
    if (onPath(name) && (await answers(name)))
      containers.push({ name, start: (options) => startInContainer(name, options) })
  }
  const rooted = (start) => async (options) => {
    rmSync(options.places.rootfs, { recursive: true, force: true })
    return start({ ...options, image: await unpackImage(options.places.image, options.places.rootfs) })
  }
  const isRoot = process.getuid?.() === 0
  if (onPath('crun') && isRoot) containers.push({ name: 'crun', start: rooted(startInCrun) })
  if (onPath('bwrap')) containers.push({ name: 'bubblewrap', start: rooted(startInBubblewrap) })
  if (containers.length > 0) report(`can use ${containers.map(({ name }) => name).join(', ')}`)
  return containers
}

async function answers(name) {
  try {
    await run(name, ['info'], { quiet: true })
    return true
  } catch (error) {
    if (error instanceof Failure) return false
    throw error
  }
}
