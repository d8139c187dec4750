import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './command.mjs'
import { unlessFresh } from './fresh.mjs'
import { COMMANDS, EXAMPLE } from './places.mjs'
import { toolchainFlags } from './toolchain.mjs'

export const TAG = 'greeter:quickstart'

/** Assembles the image of greeter and what it needs; returns the path of the tar. */
export async function buildImage(toolchain, report) {
  const { places, arch, identity } = toolchain
  const config = join(EXAMPLE, 'image.yaml')
  const inputs = [
    config,
    join(COMMANDS['apko-ts'], '../../dist'),
    join(places.packages, arch),
    `${places.key}.pub`,
    ...identity,
  ]
  const paths = { inputs, facts: [toolchain.repository], outputs: () => [places.image, places.sbom] }
  const done = await unlessFresh(places.state, 'image', paths, async () => {
    rmSync(places.sbom, { recursive: true, force: true })
    mkdirSync(places.sbom, { recursive: true })
    const own = ['--repository-append', places.packages, '--keyring-append', `${places.key}.pub`]
    const flags = [...own, ...toolchainFlags(toolchain), '--arch', arch, '--sbom-path', places.sbom]
    await runCommand('apko-ts', ['build', config, TAG, places.image, ...flags], { report })
  })
  if (!done) report('up to date: nothing that goes in has changed')
  return places.image
}
