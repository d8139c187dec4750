import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.mjs'
import { unlessFresh } from './fresh.mjs'
import { COMMANDS, EXAMPLE, ROOT } from './places.mjs'
import { builtPackages } from './toolchain.mjs'

const RECIPE = join(EXAMPLE, 'greeter.yaml')
const UP_TO_DATE = 'up to date: nothing that goes in has changed'

/** Makes the key that signs packages and index, once. */
export async function makeKey({ places }, report) {
  if (existsSync(places.key) && existsSync(`${places.key}.pub`)) report('already there')
  else await runCommand('melange-ts', ['keygen', places.key], { report })
}

/** Builds greeter and greeter-doc in a sandbox, signed. */
export async function buildPackages(toolchain, report) {
  const { places } = toolchain
  const paths = {
    inputs: [EXAMPLE, ...inputsOf(toolchain)],
    facts: [toolchain.repository],
    outputs: () => builtPackages(toolchain),
  }
  const done = await unlessFresh(places.state, 'packages', paths, async () => {
    rmSync(places.packages, { recursive: true, force: true })
    mkdirSync(places.packages, { recursive: true })
    const flags = ['--signing-key', places.key, '--out-dir', places.packages, '--generate-index=false']
    await runCommand('melange-ts', ['build', RECIPE, ...sandboxFlags(toolchain), ...flags], { report })
  })
  if (!done) report(UP_TO_DATE)
}

/** Runs the recipe's tests in a fresh environment with the new package. */
export async function testPackages(toolchain, report) {
  const { places } = toolchain
  const paths = { inputs: [EXAMPLE, ...builtPackages(toolchain), ...inputsOf(toolchain)], outputs: () => [] }
  const done = await unlessFresh(places.state, 'tests', paths, async () => {
    const own = ['--repository-append', places.packages, '--keyring-append', `${places.key}.pub`]
    await runCommand('melange-ts', ['test', RECIPE, ...sandboxFlags(toolchain), ...own], { report })
  })
  if (!done) report(UP_TO_DATE)
}

/** Writes the signed index of the packages. */
export async function indexPackages(toolchain, report) {
  const { places, arch } = toolchain
  const output = join(places.packages, arch, 'APKINDEX.tar.gz')
  await runCommand(
    'melange-ts',
    ['index', '--output', output, '--signing-key', places.key, ...builtPackages(toolchain)],
    { report },
  )
}

function sandboxFlags({ repository, key, places, arch }) {
  const repositories = ['--repository-append', repository, '--keyring-append', key]
  return ['--runner', 'bubblewrap', '--arch', arch, ...repositories, '--apk-cache-dir', places.cache]
}

// The commands count as input: another version of them may make other packages.
function inputsOf({ places, identity }) {
  return [join(COMMANDS['melange-ts'], '../../dist'), join(ROOT, 'pipelines'), places.key, ...identity]
}
