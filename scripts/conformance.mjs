// npm run -s conformance -- [--data DIR] [SUITE…]: builds what changed, then runs the suites.
// npm run -s peer -- --peer apko=PATH [KIND…]: the same, then compares with an original.
import { spawnSync } from 'node:child_process'

const environment = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', TURBO_NO_UPDATE_NOTIFIER: '1' }
const build = spawnSync('npx', ['turbo', 'run', 'build', '--output-logs=errors-only', '--log-order=grouped'], {
  env: environment,
  encoding: 'utf8',
})
if (build.status !== 0) {
  process.stderr.write(build.stdout + build.stderr)
  process.exit(1)
}
const [program, ...args] = process.argv.slice(2)
const run = spawnSync(process.execPath, [`conformance/dist/${program}.js`, ...args], { stdio: 'inherit' })
process.exit(run.status ?? 1)
