// npm run pack [-- DIRECTORY]: every package as the tarball that would be published, with its licence; built first.
// The tarballs need each other and nothing of the checkout: npm install DIRECTORY/*.tgz
import { execFileSync, spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')
const directory = resolve(process.argv[2] ?? 'dist-packages')
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }

const build = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
  cwd: ROOT,
  env,
  stdio: ['ignore', 2, 2],
})
if (build.status !== 0) process.exit(1)

mkdirSync(directory, { recursive: true })
for (const name of readdirSync(join(ROOT, 'packages'))) console.log(join(directory, pack(join(ROOT, 'packages', name))))

/** Returns the tarball's name. npm takes a licence along only from the package's own directory. */
function pack(place) {
  const licence = join(place, 'LICENSE')
  copyFileSync(join(ROOT, 'LICENSE'), licence)
  try {
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
    const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: place, env, encoding: 'utf8' }))
    return filename
  } finally {
    rmSync(licence)
  }
}
