import { readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect, test } from 'vitest'

const ROOT = resolve(import.meta.dirname, '../../../..')
const rows = [
  ...(await readFile(join(ROOT, 'docs/security.md'), 'utf8')).matchAll(/\| `([^`|]+\.test\.ts)`: ([^|]+?) \|$/gm),
]

test.each(rows.map(([, file, name]) => ({ file: file ?? '', name: name ?? '' })))(
  '$file has «$name»',
  async ({ file, name }) => {
    const source = await readFile(join(ROOT, file), 'utf8')
    expect(source.includes(name)).toBe(true)
  },
)

test('every row of the tables names a test', async () => {
  const lines = (await readFile(join(ROOT, 'docs/security.md'), 'utf8')).split('\n')
  const attacks = lines.filter((line) => line.startsWith('| ') && !/^\| attack/.test(line))
  expect(attacks).toHaveLength(rows.length)
})
