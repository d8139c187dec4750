import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { installTools, onPath } from '../tools.mjs'
import { run } from './command.mjs'
import { Failure } from './failure.mjs'
import { ROOT } from './places.mjs'

/** Makes sure that builds can be isolated and that the toolchain can be had. */
export async function checkTools(toolchain, report) {
  const missing = installTools(['bwrap'], report)
  if (missing.length > 0) {
    throw new Failure('bubblewrap is missing; builds run in it', 'sudo apt-get install bubblewrap, then run this again')
  }
  report(execFileSync('bwrap', ['--version'], { encoding: 'utf8' }).trim())
  if (toolchain.kind === 'debian') await checkApt(report)
}

async function checkApt(report) {
  const absent = ['apt-get', 'apt-cache', 'dpkg-deb'].filter((program) => !onPath(program))
  if (absent.length > 0) {
    throw new Failure(
      `${absent.join(', ')} missing: the toolchain comes from Debian packages`,
      'run this on Debian or Ubuntu, or take the toolchain from Wolfi: npm run quickstart -- --wolfi',
    )
  }
  if (!hasPackageLists()) await updatePackageLists(report)
}

/** Fetches the package lists of apt. */
export async function updatePackageLists(report) {
  if (process.getuid?.() !== 0) {
    throw new Failure('the package lists of apt are missing or old', 'sudo apt-get update, then run this again')
  }
  report('apt-get update')
  await run('apt-get', ['update', '-q'], { report, quiet: true })
}

function hasPackageLists() {
  try {
    return readdirSync('/var/lib/apt/lists').some((name) => name.includes('_Packages'))
  } catch (error) {
    if (error.code === 'ENOENT') return false
    throw error
  }
}

/** Builds both commands; turbo does only what has changed. */
export async function buildCommands(report) {
  const env = { TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
  const turbo = join(ROOT, 'node_modules/.bin/turbo')
  const args = ['run', 'build', '--output-logs=errors-only', '--log-order=grouped']
  const output = await run(turbo, args, { report, env, quiet: true })
  const cached = /Cached:\s+(\d+ cached, \d+ total)/.exec(output)?.[1]
  if (cached !== undefined) report(`packages of the code: ${cached}`)
}
