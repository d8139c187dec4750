// npm run pack [-- DIRECTORY]: every package as the tarball that would be published, with its licence; built first.
// The tarballs need each other and nothing of the checkout: npm install DIRECTORY/*.tgz
import { spawnSync } from 'node:child_process'
import { mkdirSync, readdirSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import pLimit from 'p-limit'
import { packPackage } from './pack-package.mjs'

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
const limit = pLimit(availableParallelism())
const names = readdirSync(join(ROOT, 'packages'))
const packed = await Promise.all(names.map((name) => limit(() => packPackage(name, directory))))
for (const file of packed) console.log(join(directory, file))
