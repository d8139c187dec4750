import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { indexCases } from './cases/indexes.mjs'

/** The measured cases. `ours` and `peer` give the command of one run; `index` 0 is the warm-up. */
export function cases({ root, data }) {
  const bin = (name) => join(root, `packages/${name}/bin/${name}.js`)
  const node = (name, args, more = {}) => ({ command: process.execPath, args: [bin(name), ...args], ...more })
  const e2e = resolve(data, 'e2e')
  const present = existsSync(e2e)
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  const needsData = { available: present, unavailable: 'conformance data not present' }
  const image = (name, { cold }) => {
    const run = (program, cacheName) => (index) => {
      const cache = join(scratch, `${cacheName}-${name}${cold ? `-cold-${index}` : ''}`)
      if (cold) rmSync(cache, { recursive: true, force: true })
      const out = join(scratch, `${cacheName}-${name}.tar`)
      const args = ['build', `images/${name}.yaml`, `bench:${name}`, out, '--sbom-path', scratch, '--cache-dir', cache]
      return { ...program(args), cwd: e2e, env: { SOURCE_DATE_EPOCH: '1700000000' } }
    }
    return {
      name: `image-${name}-${cold ? 'cold' : 'warm'}`,
      what: `apko-ts build images/${name}.yaml, ${cold ? 'empty cache' : 'nothing changed'}`,
      program: 'apko',
      ours: run((args) => node('apko-ts', args), 'ours'),
      peer: (path, index) => run((args) => ({ command: path, args }), 'peer')(index),
      ...needsData,
    }
  }
  return [
    ...indexCases({ scratch, node, root }),
    start('apko-ts', '--help', '≤ 150 ms', node),
    start('apko-ts', 'version', '≤ 90 ms', node),
    start('melange-ts', '--help', '≤ 150 ms', node),
    start('melange-ts', 'version', '≤ 90 ms', node),
    image('hello', { cold: true }),
    image('hello', { cold: false }),
    image('toolchain-plain', { cold: true }),
    image('toolchain-plain', { cold: false }),
    image('toolchain-layered', { cold: false }),
  ]
}

function start(program, word, goal, node) {
  return {
    name: `${program}-${word.replace('--', '')}`,
    what: `start-up: ${program} ${word}`,
    goal,
    program: program.replace('-ts', ''),
    available: true,
    ours: () => node(program, [word]),
    peer: (path) => ({ command: path, args: [word] }),
  }
}
