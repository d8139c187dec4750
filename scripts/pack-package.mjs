import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { promisify } from 'node:util'

const ROOT = resolve(import.meta.dirname, '..')

/**
 * Packs one package as it would be published, with the licence; returns the tarball's name in `directory`. npm takes a
 * licence along only from the package's own directory, so it packs a copy: the checkout stays as it is.
 */
export async function packPackage(name, directory) {
  const place = join(ROOT, 'packages', name)
  const copy = mkdtempSync(join(tmpdir(), 'apkts-pack-'))
  try {
    const { files } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
    const isCurrent = currentOutputs(place)
    for (const part of ['package.json', 'README.md', ...files]) {
      if (existsSync(join(place, part)))
        cpSync(join(place, part), join(copy, part), { recursive: true, filter: isCurrent })
    }
    cpSync(join(ROOT, 'LICENSE'), join(copy, 'LICENSE'))
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
    const [{ filename }] = JSON.parse((await promisify(execFile)('npm', args, { cwd: copy })).stdout)
    return filename
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}

/** Tells what of `dist` the last build has made from what earlier ones have left there. */
function currentOutputs(place) {
  const dist = join(place, 'dist')
  const list = join(dist, 'outputs.json')
  const outputs = existsSync(list) ? JSON.parse(readFileSync(list, 'utf8')) : undefined
  const hasSource = (path) => existsSync(join(place, 'src', path.replace(/(\.d\.ts|\.js)(\.map)?$/, '.ts')))
  return (source) => {
    const path = relative(dist, source)
    if (path === '' || path.startsWith('..') || !/\.(ts|js|map)$/.test(path)) return path !== 'outputs.json'
    if (outputs === undefined || path.endsWith('.d.ts')) return hasSource(path)
    return outputs.some((output) => path === output || path.startsWith(`${output}/`))
  }
}
