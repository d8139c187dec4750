import { spawn } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { terminate, waitFor, watch } from './process.mjs'

/** Starts the command of an unpacked image in crun, with this machine's loopback. */
export async function startInCrun({ image, places, port }) {
  rmSync(places.bundle, { recursive: true, force: true })
  mkdirSync(places.bundle, { recursive: true })
  const env = [...image.env, `PORT=${port}`, 'ADDRESS=127.0.0.1']
  writeFileSync(join(places.bundle, 'config.json'), JSON.stringify(runtimeSpec(image, env), null, 2))
  const pidFile = join(places.bundle, 'pid')
  const child = spawn('sh', ['-c', crunCommand(places.bundle, pidFile)], { stdio: ['ignore', 'ignore', 'pipe'] })
  const watched = watch(child)
  const pid = await waitFor(
    () => (existsSync(pidFile) ? Number(readFileSync(pidFile, 'utf8')) || undefined : undefined),
    watched,
  )
  return { pid, url: `http://127.0.0.1:${port}`, alive: watched, stop: () => terminate(pid, watched) }
}

/**
 * crun refuses to start where control groups of both versions are mounted, even when it is told not to use any. There it
 * gets a mount namespace of its own that shows it none.
 */
function crunCommand(bundle, pidFile) {
  const words = [
    '--root',
    join(bundle, 'state'),
    '--cgroup-manager=disabled',
    'run',
    '--bundle',
    bundle,
    '--pid-file',
    pidFile,
  ]
  const command = ['crun', ...words, `greeter-${process.pid}`].map((word) => `'${word}'`).join(' ')
  if (!existsSync('/sys/fs/cgroup/unified')) return `exec ${command}`
  const hide = 'mount -t tmpfs none /sys/fs/cgroup && mkdir /sys/fs/cgroup/unified'
  return `exec unshare --mount sh -c "${hide} && exec ${command}"`
}

/** OCI runtime-spec 1.0. Without a network namespace the process has this machine's loopback. */
function runtimeSpec({ command, uid, gid, workDir, rootfs }, env) {
  return {
    ociVersion: '1.0.2',
    process: { user: { uid, gid }, args: command, env, cwd: workDir, noNewPrivileges: true },
    root: { path: rootfs, readonly: true },
    mounts: [
      { destination: '/proc', type: 'proc', source: 'proc' },
      { destination: '/dev', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'mode=755', 'size=65536k'] },
      { destination: '/tmp', type: 'tmpfs', source: 'tmpfs', options: ['nosuid', 'nodev', 'mode=1777'] },
    ],
    linux: { namespaces: ['pid', 'mount', 'ipc', 'uts'].map((type) => ({ type })) },
  }
}
