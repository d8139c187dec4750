import { RootfsError } from '../error.ts'

/**
 * Components of a path of the image. A leading `/`, empty components and `.` mean nothing.
 * @throws RootfsError `PATH_INVALID` for `..` and NUL: a path names a place in the tree, never one outside it.
 */
export function splitPath(path: string): string[] {
  if (!UNCLEAN.test(path)) return path.split('/')
  const components = path.split('/').filter((component) => component !== '' && component !== '.')
  if (components.includes('..') || path.includes('\0')) {
    throw new RootfsError('PATH_INVALID', `expected a path without ".." or NUL, found ${JSON.stringify(path)}`, {
      hint: 'Write the path from the root of the image, such as /usr/bin/tool.',
    })
  }
  return components
}

/** An empty component, `.` or `..` somewhere, or NUL. Nearly no path of a package has one, and there are many paths. */
const UNCLEAN = /(?:^|\/)\.{0,2}(?:\/|$)|\0/

/** The path with single slashes and no leading or trailing one. */
export function cleanPath(path: string): string {
  return UNCLEAN.test(path) ? splitPath(path).join('/') : path
}

/** Components of a link text seen from a directory, `..` resolved lexically and never leaving the root. */
export function joinLink(directory: readonly string[], target: string): string[] {
  const joined = target.startsWith('/') ? [] : [...directory]
  for (const component of target.split('/')) {
    if (component === '..') joined.pop()
    else if (component !== '' && component !== '.') joined.push(component)
  }
  return joined
}

export function parentOf(path: string): string {
  return path.slice(0, Math.max(path.lastIndexOf('/'), 0))
}

export function baseName(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** True when a relative link text, read lexically from the link's directory, leads above the root. */
export function leavesRoot(link: string, target: string): boolean {
  let depth = target.startsWith('/') ? 0 : splitPath(link).length - 1
  for (const component of target.split('/')) {
    if (component === '..') depth--
    else if (component !== '' && component !== '.') depth++
    if (depth < 0) return true
  }
  return false
}
