import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The WebAssembly module that parses and prints shell scripts: beside the bundle, else that of the dependency. */
export function shellModulePath(): string {
  return findUpwards('shell.wasm') ?? createRequire(import.meta.url).resolve('sh-syntax/main.wasm')
}

/** The folder of the pipeline definitions that come with the program: beside the bundle, else that of the checkout. */
export function builtinPipelinesFolder(): string {
  builtinPipelines ??= dirname(findUpwards('pipelines/fetch.yaml') ?? 'pipelines/fetch.yaml')
  return builtinPipelines
}

/** The entry of the threads that check recipes; only bundles have one. */
export function checkWorkerPath(): string | undefined {
  return findUpwards('check-worker.js')
}

let builtinPipelines: string | undefined

function findUpwards(name: string): string | undefined {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    const path = join(folder, name)
    if (existsSync(path)) return path
    if (folder === dirname(folder)) return undefined
  }
}
