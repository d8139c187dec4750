// The Debian tools that builds and tests use. Installed by apt when this is a Debian or Ubuntu machine and we are root;
// otherwise what is missing is named with the command that brings it, and tests that need it say that they are skipped.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { delimiter, join } from 'node:path'

/** Program → Debian package. */
const TOOLS = {
  bwrap: 'bubblewrap',
  skopeo: 'skopeo',
  umoci: 'umoci',
  crun: 'crun',
  podman: 'podman',
  'qemu-system-x86_64': 'qemu-system-x86',
  'docker-registry': 'docker-registry',
  htpasswd: 'apache2-utils',
  getfattr: 'attr',
  setfattr: 'attr',
  gcc: 'gcc',
  python3: 'python3',
  git: 'git',
  zstd: 'zstd',
  curl: 'curl',
  openssl: 'openssl',
  patch: 'patch',
  busybox: 'busybox-static',
  shellcheck: 'shellcheck',
  zsh: 'zsh',
  fish: 'fish',
}

/** Installs the missing ones of `programs` where that is possible, and returns those that stay missing. */
export function installTools(programs = Object.keys(TOOLS), log = console.log) {
  const missing = programs.filter((program) => !onPath(program))
  if (missing.length === 0) return []
  const packages = [...new Set(missing.map((program) => TOOLS[program]))]
  if (process.getuid?.() !== 0 || !onPath('apt-get')) {
    log(`missing: ${missing.join(', ')}. On Debian or Ubuntu: sudo apt-get install ${packages.join(' ')}`)
    return missing
  }
  log(`installing ${packages.join(', ')}`)
  const quiet = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  const install = () => spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages], quiet)
  if (install().status !== 0) {
    spawnSync('apt-get', ['update', '-qq'], quiet)
    install()
  }
  return missing.filter((program) => !onPath(program))
}

/** True when the program can be run. */
export function onPath(program) {
  return (process.env.PATH ?? '').split(delimiter).some((directory) => {
    try {
      accessSync(join(directory, program), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}
