#!/usr/bin/env node
'use strict'
const { existsSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')

// The pool that compresses, hashes and reads has four threads unless told so before its first use.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))

const program = join(__dirname, '../dist/program')
if (existsSync(program)) {
  require(join(program, 'launch.js')).launch({ program: 'apko-ts', directory: program })
} else {
  process.stderr.write('error[NOT_BUILT]: apko-ts is not built yet\n  hint: run "npm run build" in the checkout\n')
  process.exitCode = 1
}
