import { expect, test } from 'vitest'
import { decodeYaml, y } from '../src/index.ts'

test('the example of the README prints what it says', () => {
  const type = y.struct('the file', { name: y.string, ports: y.listOf(y.uint32) })
  const { value, locate } = decodeYaml({ file: 'app.yaml', text: 'name: app\nports: [80, 0x1bb]\n' }, type)
  expect(value.ports).toEqual([80, 443])
  expect(locate(['ports', 1])).toEqual({ file: 'app.yaml', line: 2, column: 13 })
})
