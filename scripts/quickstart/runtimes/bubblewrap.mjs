import { spawn } from 'node:child_process'
import { terminate, waitFor, watch } from './process.mjs'

/** Starts the command of an unpacked image in bubblewrap: its user, its environment, this machine's loopback. */
export async function startInBubblewrap({ image, port }) {
  const env = [...image.env, `PORT=${port}`, 'ADDRESS=127.0.0.1'].map((text) => text.split(/=(.*)/s).slice(0, 2))
  const args = [
    ...['--unshare-all', '--share-net', '--unshare-user', '--uid', String(image.uid), '--gid', String(image.gid)],
    ...['--die-with-parent', '--new-session', '--as-pid-1', '--info-fd', '3'],
    ...[
      '--ro-bind',
      image.rootfs,
      '/',
      '--proc',
      '/proc',
      '--dev',
      '/dev',
      '--tmpfs',
      '/tmp',
      '--chdir',
      image.workDir,
    ],
    ...['--clearenv', ...env.flatMap(([name, value]) => ['--setenv', name, value])],
    ...image.command,
  ]
  const child = spawn('bwrap', args, { stdio: ['ignore', 'ignore', 'pipe', 'pipe'] })
  const watched = watch(child)
  let info = ''
  child.stdio[3].on('data', (chunk) => {
    info += chunk.toString()
  })
  const pid = await waitFor(() => (info.includes('}') ? JSON.parse(info)['child-pid'] : undefined), watched)
  return { pid, url: `http://127.0.0.1:${port}`, alive: watched, stop: () => terminate(pid, watched) }
}
