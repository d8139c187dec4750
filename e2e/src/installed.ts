import { mkdtemp, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { ROOT } from './commands.ts'

export interface Installed {
  readonly home: string
  readonly tarballs: readonly string[]
}

/** Packs every package and installs the tarballs into a new folder, as a user of the registry would have them. */
export async function installPackages(): Promise<Installed> {
  const home = await mkdtemp(join(tmpdir(), 'apkts-published-'))
  const { stdout } = await execa('npm', ['run', '-s', 'pack', '--', join(home, 'tarballs')], { cwd: ROOT })
  const tarballs = stdout.split('\n').filter((line) => line.endsWith('.tgz'))
  await writeFile(join(home, 'package.json'), '{ "private": true, "type": "module" }\n')
  await execa('npm', ['install', '--prefer-offline', '--no-audit', '--no-fund', ...tarballs], { cwd: home })
  return { home, tarballs }
}
