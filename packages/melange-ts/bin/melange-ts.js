#!/usr/bin/env node
import { existsSync } from 'node:fs'
import module from 'node:module'

const bundle = new URL('../dist/main.js', import.meta.url)
if (existsSync(bundle)) {
  module.enableCompileCache?.()
  await import(bundle)
} else {
  process.stderr.write('error[NOT_BUILT]: melange-ts is not built yet\n  hint: run "npm run build" in the checkout\n')
  process.exitCode = 1
}
