import { mkdirSync } from 'node:fs'
import { basename, join, relative } from 'node:path'
import { runCommand } from '../quickstart/command.mjs'
import { unlessFresh } from '../quickstart/fresh.mjs'
import { COMMANDS, ROOT } from '../quickstart/places.mjs'
import { builtPackages, toolchainFlags } from '../quickstart/toolchain.mjs'
import { RECIPES, SELF } from './places.mjs'

const IMPORTED = ['bubblewrap', 'ca-certificates', 'libstdc++6', 'libgcc-s1']

/** Imports what the image takes from Debian. */
export async function importRuntime({ arch, places }, report) {
  const flags = ['--arch', arch, '--out-dir', places.runtime, '--download-dir', places.debs]
  await runCommand('melange-ts', ['import', 'deb', ...IMPORTED, ...flags], { report })
}

/** Builds those of the packages whose recipe or source has changed, and signs an index of all. */
export async function buildPackages(self, toolchain, report) {
  mkdirSync(self.places.packages, { recursive: true })
  for (const name of RECIPES) await buildPackage(name, self, toolchain, report)
}

async function buildPackage(name, { arch, places }, toolchain, report) {
  const recipe = join(SELF, `${name}.yaml`)
  const source = join(places.sources, name)
  const inputs = [recipe, source, join(ROOT, 'pipelines'), places.key, ...toolchain.identity]
  // nodejs takes longest and is the same whichever version of the commands builds it.
  if (name !== 'nodejs') inputs.push(join(COMMANDS['melange-ts'], '../../dist'))
  const outputs = () => builtPackages({ places, arch }).filter((file) => basename(file).startsWith(`${name}-`))
  const paths = { inputs, facts: [arch], outputs }
  const done = await unlessFresh(places.state, name, paths, async () => {
    const sandbox = ['--runner', 'bubblewrap', '--arch', arch, ...toolchainFlags(toolchain)]
    const made = ['--source-dir', source, '--signing-key', places.key, '--out-dir', places.packages]
    made.push('--apk-cache-dir', toolchain.places.cache)
    // The package records its recipe as the command line has it, which is run in the checkout.
    await runCommand('melange-ts', ['build', relative(ROOT, recipe), ...sandbox, ...made], { report })
  })
  if (!done) report(`${name}: up to date`)
}
