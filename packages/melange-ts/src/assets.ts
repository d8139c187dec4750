import { createRequire } from 'node:module'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Set by the bundler, which puts the files beside the bundle (see "assets" in package.json).
const bundled = process.env.APKTS_BUNDLED === 'true'

/** The WebAssembly module that parses and prints shell scripts. */
export function shellModulePath(): string {
  return bundled ? join(bundleFolder(), 'shell.wasm') : createRequire(import.meta.url).resolve('sh-syntax/main.wasm')
}

/** The folder of the pipeline definitions that come with the program. */
export function builtinPipelinesFolder(): string {
  return bundled ? join(bundleFolder(), 'pipelines') : fileURLToPath(new URL('../../../pipelines', import.meta.url))
}

function bundleFolder(): string {
  const folder = dirname(fileURLToPath(import.meta.url))
  return basename(folder) === 'chunks' ? dirname(folder) : folder
}
