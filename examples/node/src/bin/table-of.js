#!/usr/bin/node
import { table } from '../lib/table.js'

const rows = process.argv.slice(2).map((row) => row.split(','))
if (rows.length === 0) {
  console.error('table-of: expected rows, for example: table-of name,size disk,20')
  process.exitCode = 1
}
for (const line of table(rows)) console.log(line)
