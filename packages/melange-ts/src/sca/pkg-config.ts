import { baseName, parentOf } from '../tree/index.ts'
import { parsePkgConfig } from './pkg-config-grammar.ts'
import { readContent } from './read-content.ts'
import type { Findings, Subject } from './types.ts'

const DIRECTORIES: ReadonlySet<string> = new Set([
  'usr/local/lib/pkgconfig',
  'usr/local/share/pkgconfig',
  'usr/lib/pkgconfig',
  'usr/lib64/pkgconfig',
  'usr/share/pkgconfig',
])

/** Modules of pkg-config: those shipped where it looks, with what they require, and those elsewhere. */
export function findPkgConfig({ tree, version, warn }: Subject, { runtime, provides, vendored }: Findings): void {
  for (const { type, path, content } of tree.entries) {
    if (type !== 'file' || !path.endsWith('.pc')) continue
    const requires = parsePkgConfig(readContent(content))
    if (requires === undefined) {
      warn(`${path}: not understood as a pkg-config file, so it provides nothing`)
      continue
    }
    const module = `pc:${baseName(path).slice(0, -'.pc'.length)}=${version}`
    if (!DIRECTORIES.has(parentOf(path))) {
      vendored.add(module)
      continue
    }
    provides.add(module)
    for (const name of requires) runtime.add(`pc:${name}`)
  }
}
