import { readdirSync, statSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { EXAMPLE, ROOT } from './places.mjs'
import { builtPackages, toolchainFlags } from './toolchain.mjs'

/** Prints the answer and a short table of what was made, where it is and how long it took. */
export function printSummary({ toolchain, chain, answers, timings }) {
  const { places } = toolchain
  const total = timings.reduce((sum, { ms }) => sum + ms, 0)
  const layers = chain.image.layers.reduce((sum, { blob }) => sum + blob.length, 0)
  console.log(`\n${answers.greeting}  (${answers.runtime})\n`)
  table('packages', [
    ...builtPackages(toolchain).map((file) => [basename(file), size(file)]),
    [`in the image: ${chain.packages.map(({ name }) => name).join(' ')}`, ''],
  ])
  table('places', [
    [shown(places.image), `${size(places.image)}, layers ${bytes(layers)}, docker load < it`],
    ...readdirSync(places.sbom).map((name) => [shown(join(places.sbom, name)), 'SBOM, SPDX']),
    [shown(places.packages), 'repository of greeter, signed'],
    [
      toolchain.kind === 'debian' ? shown(places.toolchain) : toolchain.repository,
      'repository of the toolchain, signed',
    ],
  ])
  table('seconds', [
    ...timings.map(({ name, ms }) => [name, (ms / 1000).toFixed(1)]),
    ['all', (total / 1000).toFixed(1)],
  ])
  table('next', [
    ['change something', `edit ${shown(join(EXAMPLE, 'src'))} and run npm run quickstart again`],
    ['see what it does', 'npx melange-ts --help, npx apko-ts --help'],
    ['resolve an image', `npx apko-ts show-packages ${shown(join(EXAMPLE, 'image.yaml'))} ${showFlags(toolchain)}`],
  ])
}

function showFlags(toolchain) {
  const { places, arch } = toolchain
  const own = ['--repository-append', places.packages, '--keyring-append', `${places.key}.pub`]
  return ['--arch', arch, ...own, ...toolchainFlags(toolchain).slice(0, 4)].map(shown).join(' ')
}

function table(title, rows) {
  const width = Math.min(64, Math.max(...rows.map(([left]) => left.length)))
  console.log(title)
  for (const [left, right] of rows) console.log(`  ${left.padEnd(width)}  ${right}`.trimEnd())
  console.log('')
}

function shown(path) {
  return path.startsWith(ROOT) ? relative(ROOT, path) : path
}

function size(file) {
  return bytes(statSync(file).size)
}

function bytes(count) {
  return count < 1e6 ? `${(count / 1e3).toFixed(1)} kB` : `${(count / 1e6).toFixed(1)} MB`
}
