#!/bin/sh
':' //; exec node -- "$0" "$@"
'use strict'
// Node reads an `--env-file` that follows its script as its own, unless "--" comes first; env of busybox takes no arguments
// for the program in a first line, so a shell gives them.
const { existsSync } = require('node:fs')
const { availableParallelism } = require('node:os')
const { join } = require('node:path')

// The pool that compresses, hashes and reads has four threads unless told so before its first use.
process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, availableParallelism()))

const program = join(__dirname, '../dist/program')
if (existsSync(program)) {
  require(join(program, 'launch.js')).launch({ program: 'melange-ts', directory: program })
} else {
  process.stderr.write('error[NOT_BUILT]: melange-ts is not built yet\n  hint: run "npm run build" in the checkout\n')
  process.exitCode = 1
}
