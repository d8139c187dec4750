// From C source to an answering server: `npm run quickstart`, or `npm run quickstart -- --wolfi`.
import { parseArgs } from 'node:util'
import { ask } from './quickstart/ask.mjs'
import { Failure } from './quickstart/failure.mjs'
import { buildImage } from './quickstart/image.mjs'
import { buildPackages, indexPackages, makeKey, testPackages } from './quickstart/packages.mjs'
import { buildCommands, checkTools } from './quickstart/prepare.mjs'
import { createProgress } from './quickstart/progress.mjs'
import { startImage } from './quickstart/start.mjs'
import { printSummary } from './quickstart/summary.mjs'
import { toolchainOf } from './quickstart/toolchain.mjs'
import { verifyChain } from './quickstart/verify.mjs'

const HELP = `usage: npm run quickstart [-- --wolfi]

Builds examples/greeter into signed packages and an image, starts it and asks it. What it makes is in .quickstart;
run it again and only what has changed is made anew. Delete .quickstart to start over.

  --wolfi   take the toolchain from the Wolfi repository instead of Debian packages
`

const STAGES = 10

const { values } = parseArgs({ options: { wolfi: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } })
if (values.help) process.stdout.write(HELP)
else await quickstart(toolchainOf(values.wolfi ? 'wolfi' : 'debian'))

async function quickstart(toolchain) {
  const progress = createProgress(STAGES)
  try {
    await progress.stage('check the tools', (report) => checkTools(toolchain, report))
    await progress.stage('build the commands', buildCommands)
    await progress.stage(toolchain.title, toolchain.prepare)
    await progress.stage('make a signing key', (report) => makeKey(toolchain, report))
    await progress.stage('build greeter', (report) => buildPackages(toolchain, report))
    await progress.stage('index the packages', (report) => indexPackages(toolchain, report))
    await progress.stage('test greeter', (report) => testPackages(toolchain, report))
    const image = await progress.stage('assemble the image', (report) => buildImage(toolchain, report))
    const chain = await progress.stage('verify the chain', (report) => verifyChain(toolchain, image, report))
    const answers = await progress.stage('start it and ask', async (report) =>
      ask(await startImage(toolchain, report), report),
    )
    printSummary({ toolchain, chain, answers, timings: progress.timings })
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    progress.fail(error)
    process.exitCode = 1
  }
}
