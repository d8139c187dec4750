const MERGED = ['bin', 'sbin', 'lib', 'lib32', 'lib64', 'libx32', 'libo32']

/**
 * Path of a package file in the merged-/usr layout, where `/bin`, `/sbin` and `/lib*` are links into `/usr`
 * (Debian's UsrMerge). Input is relative, without `./`; undefined for the root itself.
 * `bin/ls` → `usr/bin/ls`, `usr/bin/env` and `etc/x` stay.
 */
export function mergedUsrPath(path: string): string | undefined {
  const clean = path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
  if (clean === '' || clean === '.') return undefined
  return MERGED.includes(clean.split('/', 1)[0]!) ? `usr/${clean}` : clean
}

/**
 * Target of a symlink that moves from `from` to `to`, where `to` is `mergedUsrPath(from)`. Absolute targets still lead
 * to the same place, through the top-level links. Relative ones are rewritten only when the move made them wrong: they
 * climbed out of the moved directory.
 */
export function mergedUsrTarget(from: string, to: string, target: string): string {
  if (from === to || target.startsWith('/')) return target
  const resolved = resolve(from, target)
  if (resolved === undefined) return target
  const wanted = mergedUsrPath(resolved) ?? ''
  return resolve(to, target) === wanted ? target : relative(to, wanted)
}

/** The target as a path from the root; undefined when it climbs above the root. */
function resolve(link: string, target: string): string | undefined {
  const parts = link.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

function relative(link: string, wanted: string): string {
  const from = link.split('/').slice(0, -1)
  const to = wanted.split('/')
  let common = 0
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/')
}
