// The two commands as an image that builds images and packages: `npm run image:self`.
import { existsSync } from 'node:fs'
import { relative } from 'node:path'
import { parseArgs } from 'node:util'
import { runCommand } from './quickstart/command.mjs'
import { Failure } from './quickstart/failure.mjs'
import { ROOT } from './quickstart/places.mjs'
import { buildCommands, checkTools } from './quickstart/prepare.mjs'
import { createProgress } from './quickstart/progress.mjs'
import { toolchainOf } from './quickstart/toolchain.mjs'
import { buildImage, sizes, TAG } from './self/image.mjs'
import { buildPackages, importRuntime } from './self/packages.mjs'
import { selfPlaces } from './self/places.mjs'
import { fetchNode, packCommands } from './self/sources.mjs'

const HELP = `usage: npm run image:self

Packages a Node runtime and the two commands of this checkout and puts them, with bubblewrap and CA certificates, into
one image. What it makes is in .quickstart/self; run it again and only what has changed is made anew.

  docker load < .quickstart/self/self.tar
  docker run --rm -v "$PWD":/work --user "$(id -u):$(id -g)" ${TAG}-amd64 build image.yaml example/app:1.0 app.tar
`

const { values } = parseArgs({ options: { help: { type: 'boolean', short: 'h' } } })
if (values.help) process.stdout.write(HELP)
else await imageSelf(createProgress(8), toolchainOf('debian'))

async function imageSelf(progress, toolchain) {
  const self = { arch: toolchain.arch, places: selfPlaces() }
  try {
    await progress.stage('check the tools', (report) => checkTools(toolchain, report))
    await progress.stage('build the commands', buildCommands)
    await progress.stage(toolchain.title, toolchain.prepare)
    await progress.stage('import what the image takes from Debian', (report) => importRuntime(self, report))
    await progress.stage('fetch Node', (report) => fetchNode(self, report))
    await progress.stage('pack the commands', (report) => packCommands(self, report))
    await progress.stage('build the packages', async (report) => {
      if (!existsSync(self.places.key)) await runCommand('melange-ts', ['keygen', self.places.key], { report })
      await buildPackages(self, toolchain, report)
    })
    const id = await progress.stage('assemble the image', (report) => buildImage(self, report))
    printSummary(id, self, await sizes(self))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    progress.fail(error, 'image:self')
    process.exitCode = 1
  }
}

function printSummary(id, { places }, { rows, image, unpacked, sboms }) {
  console.log(`\n${'package'.padEnd(18)}${'installed'.padStart(12)}${'as a file'.padStart(12)}`)
  for (const { name, installed, packed } of rows) {
    console.log(`${name.padEnd(18)}${megabytes(installed)}${megabytes(packed)}`)
  }
  console.log(`${'the image'.padEnd(18)}${megabytes(unpacked)}${megabytes(image)}\n`)
  for (const file of [places.image, ...sboms]) console.log(relative(ROOT, file))
  console.log(id)
}

function megabytes(count) {
  return `${(count / 1e6).toFixed(2)} MB`.padStart(12)
}
