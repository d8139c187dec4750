import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { makeRepository } from './repositories.mjs'

const MB = 1_000_000

/** Images of a recorded toolchain, and of synthetic packages in growing numbers. */
export function imageCases(context) {
  const made = (name, options) => synthetic(name, options, context)
  return [
    recorded('hello', 'cold', context, { goal: '≥ 1 ×' }),
    recorded('hello', 'unchanged', context, { goal: '≥ 1 ×' }),
    recorded('toolchain-plain', 'cold', context, { goal: '≥ 1.5 ×' }),
    recorded('toolchain-plain', 'changed', context, { goal: '≥ 5 ×' }),
    recorded('toolchain-plain', 'unchanged', context, { goal: '≥ 10 ×, ≤ 300 ms' }),
    recorded('toolchain-layered', 'changed', context, { goal: '≥ 5 ×' }),
    recorded('toolchain-layered', 'unchanged', context),
    made('four-archs', {
      what: '4 architectures of 30 packages, cold',
      goal: '≥ 1.5 ×',
      archs: ['x86_64', 'aarch64', 'armv7', 'riscv64'],
      packages: 30,
      files: [700_000, 200_000, 50_000, 9000, 9000, 9000],
    }),
    ...[10, 100, 1000].map((packages) =>
      made(`growth-${packages}`, {
        what: `${packages} packages of 0.5 MB, cold`,
        goal: 'the same time a package',
        packages,
        files: [300_000, 100_000, 50_000, ...Array(10).fill(5000)],
      }),
    ),
    ...[200, 2000].map((size) =>
      made(`size-${size}m`, {
        what: `an image of ${size} MB, cold`,
        goal: '≤ 300 MB of memory',
        packages: size / 20,
        files: [...Array(4).fill(4 * MB), ...Array(40).fill(100_000)],
      }),
    ),
  ]
}

const WHAT = {
  cold: 'empty cache',
  changed: 'a small package changed, the others cached',
  unchanged: 'nothing changed',
}

/** An image of the recorded toolchain, with a small package of ours in it that can change. */
function recorded(name, state, context, more = {}) {
  const e2e = resolve(context.data, 'e2e')
  const place = join(context.scratch, `image-${name}-${state}`)
  const prepare = async (run) => {
    mkdirSync(place, { recursive: true })
    const version = `1.0-r${state === 'changed' ? run : 0}`
    if (state === 'changed' || !existsSync(join(place, 'image.yaml'))) {
      const extra = { name: 'bench-extra', version, files: [3000, 200] }
      await makeRepository(join(place, 'extra'), { arch: 'x86_64', packages: [extra] })
    }
    writeFileSync(join(place, 'image.yaml'), withExtra(readFileSync(join(e2e, `images/${name}.yaml`), 'utf8'), e2e))
  }
  return imageCase(`image-${name}-${state}`, { place, prepare, cold: state === 'cold' }, context, {
    what: `apko-ts build images/${name}.yaml, ${WHAT[state]}`,
    available: existsSync(e2e),
    unavailable: 'conformance data not present',
    ...more,
  })
}

function withExtra(text, e2e) {
  return text
    .replaceAll('./', `${e2e}/`)
    .replace(/keyring: \[/, '$&./extra/bench.rsa.pub, ')
    .replace(/repositories: \[/, '$&./extra, ')
    .replace(/ {2}packages: \[/, '$&bench-extra, ')
}

function synthetic(name, { archs = ['x86_64'], packages, files, what, goal }, context) {
  const place = join(context.scratch, `image-${name}`)
  const prepare = async () => {
    if (existsSync(join(place, 'image.yaml'))) return
    const names = Array.from({ length: packages }, (_, i) => `package-${i}`)
    for (const arch of archs) {
      const list = names.map((own) => ({ name: own, version: '1.0-r0', files }))
      await makeRepository(join(place, 'repository'), { arch, packages: list })
    }
    const contents = [
      'contents:',
      '  keyring: [./repository/bench.rsa.pub]',
      '  repositories: [./repository]',
      `  packages: [${names.join(', ')}]`,
      `archs: [${archs.join(', ')}]`,
    ]
    writeFileSync(join(place, 'image.yaml'), `${contents.join('\n')}\n`)
  }
  return imageCase(`image-${name}`, { place, prepare, cold: true }, context, { what, goal, available: true })
}

/** Free bytes of the disk below which directories of earlier runs are removed. */
const FREE = 12e9

/**
 * Directories of earlier runs out of the way, which go with everything else at the end: for up to five minutes ext4 looks past
 * the inodes of removed files, which makes new ones slow. Where the disk is nearly full, they go before.
 */
function openAttic() {
  const kept = []
  return {
    add(directory) {
      if (!existsSync(directory)) return
      const { bavail, bsize } = statfsSync(dirname(directory))
      if (bavail * bsize < FREE) for (const one of kept.splice(0)) rmSync(one, { recursive: true, force: true })
      kept.push(`${directory}-${kept.length}`)
      renameSync(directory, kept.at(-1))
    },
  }
}

/** One case: the same command for us and for the peer, each with a cache of its own. */
function imageCase(name, { place, prepare, cold }, { node }, more) {
  const attic = openAttic()
  const command = async (who, run, program) => {
    await prepare(run)
    const cache = join(place, `cache-${who}`)
    if (cold) attic.add(cache)
    const output = join(place, `${who}.tar`)
    const args = ['build', 'image.yaml', 'bench:image', output, '--sbom-path', place, '--cache-dir', cache]
    return { ...program(args), cwd: place, env: { SOURCE_DATE_EPOCH: '1700000000' }, output }
  }
  return {
    name,
    program: 'apko',
    ours: (run) => command('ours', run, (args) => node('apko-ts', args)),
    peer: (path, run) => command('peer', run, (args) => ({ command: path, args })),
    ...more,
  }
}
