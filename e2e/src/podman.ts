import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

// The runtime wants to see control groups of version 2, which this machine may mount somewhere else.
const WRAPPER = (program: string) => `#!/bin/sh
exec unshare --mount --propagation private /bin/sh -c \\
  'umount -R /sys/fs/cgroup 2> /dev/null; mount -t cgroup2 none /sys/fs/cgroup 2> /dev/null; exec ${program} "$@"' sh "$@"
`

const CONTAINERS = `[containers]
cgroups = "disabled"
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
cgroup_manager = "cgroupfs"
runtime = "crun"
events_logger = "none"
`

/** Environment in which podman works as root inside this machine, its storage in a directory; undefined when it does not. */
export async function podmanHere(directory: string): Promise<Record<string, string> | undefined> {
  const program = await execa('/bin/sh', ['-c', 'command -v podman'], { reject: false })
  if (program.exitCode !== 0 || process.getuid?.() !== 0) return undefined
  const bin = join(directory, 'bin')
  await mkdir(bin, { recursive: true })
  await writeFile(join(bin, 'podman'), WRAPPER(program.stdout))
  await chmod(join(bin, 'podman'), 0o755)
  await writeFile(join(directory, 'containers.conf'), CONTAINERS)
  const roots = `graphroot = "${directory}/graph"\nrunroot = "${directory}/run"\n`
  await writeFile(join(directory, 'storage.conf'), `[storage]\ndriver = "vfs"\n${roots}`)
  const env = {
    PATH: `${bin}:${process.env.PATH}`,
    CONTAINERS_CONF: join(directory, 'containers.conf'),
    CONTAINERS_STORAGE_CONF: join(directory, 'storage.conf'),
  }
  // A container is the proof: what `podman info` says does not tell.
  const probe = ['run', '--rm', '--network', 'none', '--rootfs', '/:O', '/bin/true']
  return (await execa('podman', probe, { env, reject: false })).exitCode === 0 ? env : undefined
}
