import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { sha256Hex, sha512Hex } from '@apkts/encoding'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checksumsOf } from '../../src/bump/download.ts'
import { planBump } from '../../src/bump/plan.ts'
import { applyEdits } from '../../src/bump/text-edits.ts'

const OLD = '1ff509455460062fbfc6ee289106710b00aa14f1'
const NEW = '0123456789abcdef0123456789abcdef01234567'
const RECIPE = `package:
  name: seven
  version: 26.02 # of the archive
  epoch: 3 # why

vars: {plain: x}
var-transforms:
  - {from: "\${{package.version}}", match: '\\.', replace: _, to: mangled}

pipeline:
  - uses: git-checkout
    with: {repository: r, tag: "v\${{vars.mangled}}", expected-commit: ${OLD}}
  - pipeline:
      - uses: fetch
        with:
          uri: https://example.org/\${{package.version}}-\${{vars.mangled}}.tar.gz
          expected-sha256: 'aaaa'   # sum
          expected-sha512: bbbb
  - uses: git-checkout
    with:
      repository: other
      tag: fixed
      expected-commit: ${OLD}
`
  .replaceAll("'aaaa'", `'${'a'.repeat(64)}'`)
  .replaceAll('bbbb', 'b'.repeat(128))

function bump(text: string, version: string, expectedCommit = ''): string {
  const { edits, downloads } = planBump({ recipe: { file: 'r.yaml', text }, version, arch: 'amd64', expectedCommit })
  return applyEdits(text, [
    ...edits,
    ...downloads.flatMap((one) => one.edits({ sha256: '5'.repeat(64), sha512: 'SUM512' })),
  ])
}

function changedLines(before: string, after: string): string[] {
  const old = before.split('\n')
  return after.split('\n').filter((line, at) => line !== old[at])
}

describe('bump', () => {
  test('changes the values and nothing else', () => {
    expect(changedLines(RECIPE, bump(RECIPE, ' 26.03 ', NEW))).toEqual([
      '  version: "26.03" # of the archive',
      '  epoch: 0 # why',
      `    with: {repository: r, tag: "v\${{vars.mangled}}", expected-commit: ${NEW}}`,
      `          expected-sha256: '${'5'.repeat(64)}'   # sum`,
      '          expected-sha512: SUM512',
    ])
  })

  test('the same version raises the epoch', () => {
    expect(changedLines(RECIPE, bump(RECIPE, '26.02'))).toContain('  epoch: 4 # why')
  })

  test('asks for the source under the new version', () => {
    const { downloads } = planBump({ recipe: { file: 'r.yaml', text: RECIPE }, version: '27.1', arch: 'amd64' })
    expect(downloads.map(({ uri }) => uri)).toEqual(['https://example.org/27.1-27_1.tar.gz'])
  })

  test('a plain checksum of digits alone is quoted', () => {
    const recipe = RECIPE.replace(`'${'a'.repeat(64)}'`, 'a'.repeat(64))
    expect(bump(recipe, '1')).toContain(`expected-sha256: "${'5'.repeat(64)}"`)
  })

  test('a single checkout is changed whatever its tag', () => {
    const recipe = RECIPE.slice(0, RECIPE.lastIndexOf('  - uses: git-checkout'))
    expect(bump(recipe.replace('v${{vars.mangled}}', 'main'), '1', NEW)).toContain(NEW)
  })

  test('a commit that is a variable stays', () => {
    const recipe = RECIPE.replace(OLD, '"${{vars.plain}}"')
    expect(bump(recipe, '1', NEW)).toContain('"${{vars.plain}}"')
  })

  test('a recipe without an epoch or one that does not load is refused', () => {
    expect(() => bump(RECIPE.replace('  epoch: 3 # why\n', ''), '1')).toThrow('package.epoch')
    expect(() => bump(RECIPE.replace('name: seven', 'nam: seven'), '1')).toThrow('unknown key "nam"')
  })
})

describe('downloads', () => {
  let server: Server
  let base: string
  beforeAll(async () => {
    server = createServer((request, response) => {
      if (request.url === '/source') response.end(`from ${request.headers['user-agent']}`)
      else response.writeHead(404).end()
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => new Promise((resolve) => server.close(resolve)))
  const options = { userAgent: 'melange-ts/0', signal: new AbortController().signal }

  test('are hashed as they come', async () => {
    expect(await checksumsOf(`${base}/source`, options)).toEqual({
      sha256: sha256Hex('from melange-ts/0'),
      sha512: sha512Hex('from melange-ts/0'),
    })
  })

  test('fail with the status or the reason', async () => {
    await expect(checksumsOf(`${base}/none`, options)).rejects.toThrow('expected status 200, found 404')
    await expect(checksumsOf('http://127.0.0.1:1/x', options)).rejects.toThrow('cannot be downloaded')
  })
})
