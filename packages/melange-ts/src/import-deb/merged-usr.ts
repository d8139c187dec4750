import { cleanPath, relativeTarget, resolveLink } from './paths.ts'

const MERGED = ['bin', 'sbin', 'lib', 'lib64']

/**
 * Path of a package file in the merged-/usr layout, where `/bin`, `/sbin`, `/lib` and `/lib64` are links into `/usr`
 * (Debian's UsrMerge): `bin/ls` → `usr/bin/ls`; `usr/bin/env` and `etc/x` stay. Undefined for the root itself.
 */
export function mergedUsrPath(path: string): string | undefined {
  const clean = cleanPath(path)
  if (clean === '') return undefined
  return MERGED.includes(clean.split('/', 1)[0]!) ? `usr/${clean}` : clean
}

/**
 * Target of a symlink that moves from `from` to `to`, where `to` is `mergedUsrPath(from)`. Absolute targets still lead
 * to the same place, through the top-level links. Relative ones are rewritten only when the move made them wrong: they
 * climbed out of the moved directory.
 */
export function mergedUsrTarget(from: string, to: string, target: string): string {
  if (from === to || target.startsWith('/')) return target
  const resolved = resolveLink(from, target)
  const wanted = resolved === undefined ? undefined : mergedUsrPath(resolved)
  if (wanted === undefined) return target
  return resolveLink(to, target) === wanted ? target : relativeTarget(to, wanted)
}
