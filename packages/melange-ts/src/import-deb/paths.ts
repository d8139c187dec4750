import { ImportError } from './error.ts'

/** A path of an archive as `usr/bin/x`; empty for the root. @throws ImportError for one that leaves the root */
export function cleanPath(path: string): string {
  const clean = path.replace(/^(\.?\/)+/, '').replace(/\/+$/, '')
  if (clean === '.') return ''
  if (!clean.split('/').includes('..')) return clean
  throw new ImportError('DEB_UNSUPPORTED_ENTRY', `expected paths inside the package, found "${path}"`)
}

/** Where a symlink at `link` leads, as a path from the root; undefined when it climbs above the root. */
export function resolveLink(link: string, target: string): string | undefined {
  const parts = target.startsWith('/') ? [] : link.split('/').slice(0, -1)
  for (const part of target.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') parts.push(part)
    else if (parts.pop() === undefined) return undefined
  }
  return parts.join('/')
}

/** Relative text of a symlink at `link` that leads to the path `wanted`. */
export function relativeTarget(link: string, wanted: string): string {
  const from = link.split('/').slice(0, -1)
  const to = wanted.split('/')
  let common = 0
  while (common < from.length && common < to.length - 1 && from[common] === to[common]) common++
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/')
}
