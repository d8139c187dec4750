import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { readImage } from './archive.mjs'
import { run } from './command.mjs'

/** Unpacks the layers of a verified image; returns what its configuration says about the process. */
export async function unpackImage(file, directory) {
  const { config, layers } = await readImage(file)
  mkdirSync(directory, { recursive: true })
  for (const { tar } of layers) {
    const layer = join(directory, '..', 'layer.tar')
    writeFileSync(layer, tar)
    // A runtime brings its own /dev; device nodes cannot be made without privileges.
    await run('tar', ['-xf', layer, '-C', directory, '--no-same-owner', '--exclude=dev/*'], { quiet: true })
  }
  const { Entrypoint = [], Cmd = [], Env = [], User = '0', WorkingDir = '/' } = config.config
  const [uid, gid = uid] = await numericUser(User, directory)
  return { command: [...Entrypoint, ...Cmd], env: Env, uid, gid, workDir: WorkingDir || '/', rootfs: directory }
}

async function numericUser(user, rootfs) {
  if (/^\d+(:\d+)?$/.test(user)) return user.split(':').map(Number)
  const { readFileSync } = await import('node:fs')
  const line = readFileSync(join(rootfs, 'etc/passwd'), 'utf8')
    .split('\n')
    .map((text) => text.split(':'))
    .find(([name]) => name === user)
  return line === undefined ? [0, 0] : [Number(line[2]), Number(line[3])]
}
