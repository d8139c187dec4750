import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportsOf } from './exports.mjs'

/** Every package that is published, with its entry points and what they export; the packages are built. */
export function publicPackages(root) {
  return readdirSync(join(root, 'packages')).flatMap((folder) => {
    const place = join(root, 'packages', folder)
    const manifest = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'))
    if (manifest.private) return []
    const entries = Object.entries(manifest.exports).map(([path, { types }]) => ({
      specifier: join(manifest.name, path),
      exports: exportsOf(join(place, types)),
    }))
    return [{ name: manifest.name, folder, description: manifest.description, entries }]
  })
}

/** Exports whose contract nobody has written down: `package: kind name`. */
export function undocumented(packages) {
  return packages.flatMap(({ entries }) =>
    entries.flatMap(({ specifier, exports }) =>
      exports
        .filter(({ comment, from }) => from === undefined && comment === '')
        .map(({ kind, name }) => `${specifier}: ${kind} ${name}`),
    ),
  )
}
