import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '..')

/**
 * Packs one package as it would be published, with the licence; returns the tarball's name in `directory`. npm takes a
 * licence along only from the package's own directory, so it packs a copy: the checkout stays as it is.
 */
export function packPackage(name, directory) {
  const place = join(ROOT, 'packages', name)
  const copy = mkdtempSync(join(tmpdir(), 'apkts-pack-'))
  try {
    const { files } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
    for (const part of ['package.json', 'README.md', ...files]) {
      if (existsSync(join(place, part))) cpSync(join(place, part), join(copy, part), { recursive: true })
    }
    cpSync(join(ROOT, 'LICENSE'), join(copy, 'LICENSE'))
    const args = ['pack', '--json', '--ignore-scripts', '--pack-destination', directory]
    const [{ filename }] = JSON.parse(execFileSync('npm', args, { cwd: copy, encoding: 'utf8' }))
    return filename
  } finally {
    rmSync(copy, { recursive: true, force: true })
  }
}
