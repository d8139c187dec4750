import assert from 'node:assert/strict'
import test from 'node:test'
import { table } from '../lib/table.js'

test('columns are as wide as their widest cell', () => {
  assert.deepEqual(
    table([
      ['name', 'size'],
      ['a', '20'],
    ]),
    ['name  size', 'a     20'],
  )
})
