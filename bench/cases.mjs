import { spawnSync } from 'node:child_process'
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { buildCases } from './cases/builds.mjs'
import { imageCases } from './cases/images.mjs'
import { indexCases } from './cases/indexes.mjs'
import { recipeCases } from './cases/recipes.mjs'

/** The measured cases. `ours` and `peer` give the command of one run; `index` 0 is the warm-up. */
export function cases({ root, data }) {
  const bin = (name) => join(root, `packages/${name}/bin/${name}.js`)
  const node = (name, args, more = {}) => ({ command: process.execPath, args: [bin(name), ...args], ...more })
  const scratch = mkdtempSync(join(tmpdir(), 'bench-'))
  process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
  return [
    ...indexCases({ data, scratch, node, root }),
    ...recipeCases({ root, data, node }),
    start('apko-ts', '--help', '≤ 150 ms', node),
    start('apko-ts', 'version', '≤ 90 ms', node),
    start('melange-ts', '--help', '≤ 150 ms', node),
    start('melange-ts', 'version', '≤ 90 ms', node),
    ...buildCases({ data, scratch, node }),
    ...imageCases({ data, scratch, node }),
    ...resolving({ root, data, scratch, node }),
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

const WORLD =
  'alpine-base curl git nginx python3 bash openssh rsync vim tmux jq htop strace gdb cmake gcc nodejs ruby perl sqlite'

/** Resolving: a real index, signed here, and what `solver.mjs` makes up. */
function resolving({ root, data, scratch, node }) {
  const index = resolve(data, 'indexes/alpine-316.APKINDEX.tar.gz')
  const made = (name, what, goal) => ({
    name,
    what,
    goal,
    program: 'apko',
    available: true,
    ours: () => ({ command: process.execPath, args: [join(root, 'bench/solver.mjs'), name.replace(/^solve-/, '')] }),
  })
  let place
  const showPackages = (run) => {
    place ??= signedRepository({ index, scratch, node })
    return { ...run(['show-packages', 'image.yaml', '--cache-dir', join(scratch, 'resolving')]), cwd: place }
  }
  return [
    {
      name: 'solve-alpine-20',
      what: 'apko-ts show-packages, 20 packages from 4929 records: parse, verify, solve',
      goal: '≤ 200 ms',
      program: 'apko',
      available: existsSync(index),
      unavailable: 'conformance data not present',
      ours: () => showPackages((args) => node('apko-ts', args)),
      peer: (path) => showPackages((args) => ({ command: path, args })),
    },
    made('solve-100k', 'an index of 100,000 records made, parsed and solved for 20 packages, twice', '≤ 400 MB'),
    made('solve-pinned', 'a world of 4,000 pinned packages, both resolvers', '≤ 500 ms each'),
  ]
}

function signedRepository({ index, scratch, node }) {
  const place = join(scratch, 'alpine')
  mkdirSync(join(place, 'main/x86_64'), { recursive: true })
  copyFileSync(index, join(place, 'main/x86_64/APKINDEX.tar.gz'))
  const melange = (args) => {
    const { command, args: all } = node('melange-ts', args)
    const { status, stderr } = spawnSync(command, all, { cwd: place, encoding: 'utf8' })
    if (status !== 0) throw new Error(stderr)
  }
  melange(['keygen', 'bench.rsa'])
  melange(['sign-index', '--signing-key', 'bench.rsa', '--force', 'main/x86_64/APKINDEX.tar.gz'])
  const contents = `contents:\n  keyring: [bench.rsa.pub]\n  repositories: [./main]\n  packages: [${WORLD.replaceAll(' ', ', ')}]\n`
  writeFileSync(join(place, 'image.yaml'), `${contents}archs: [amd64]\n`)
  return place
}
