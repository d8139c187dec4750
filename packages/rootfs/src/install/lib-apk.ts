import { RootfsError } from '../error.ts'
import { joinLink } from '../tree/path.ts'
import type { Tree } from '../tree/tree.ts'
import { type BaseRecord, bringsLibLink } from './base.ts'
import type { InstallPackage } from './package.ts'

/**
 * Lets tools that look for apk's state under the old `/lib/apk` find it: a link to `/usr/lib/apk`, unless `/lib` itself
 * leads to `/usr/lib`, here or in the base image, whose link a directory would hide together with every library.
 * @throws RootfsError `DIRECTORY_NOT_EMPTY` when a package put something below `/lib/apk`
 */
export function linkLibApk(tree: Tree, packages: readonly InstallPackage[], base: readonly BaseRecord[]): void {
  if (tree.lookup('lib', { followLast: false }) === undefined && base.some(bringsLibLink)) return
  if (isLinkTo(tree, 'lib', 'usr/lib') || isLinkTo(tree, 'lib/apk', 'usr/lib/apk')) return
  if (tree.lookup('lib', { followLast: false }) === undefined) {
    if (packages.some(({ pkgInfo }) => pkgInfo.provides.includes('merged-lib'))) {
      tree.symlink('lib', 'usr/lib')
      return
    }
    tree.makeDirectories('lib', 0o755)
  }
  removeEmptyDirectory(tree, 'lib/apk')
  tree.symlink('lib/apk', '../usr/lib/apk')
}

function isLinkTo(tree: Tree, path: string, target: string): boolean {
  const node = tree.lookup(path, { followLast: false })
  return node?.kind === 'symlink' && joinLink([], node.target).join('/') === target
}

function removeEmptyDirectory(tree: Tree, path: string): void {
  const node = tree.lookup(path, { followLast: false })
  if (node?.kind !== 'directory') return
  for (const name of [...node.children.keys()]) {
    const child = node.children.get(name)!
    if (child.kind !== 'directory' || child.children.size > 0) {
      throw new RootfsError('DIRECTORY_NOT_EMPTY', `/${path}/${name} must be an empty directory to become a link`, {
        hint: 'Package databases live in /usr/lib/apk; the package must not ship anything below /lib/apk.',
      })
    }
    tree.remove(`${path}/${name}`)
  }
  tree.remove(path)
}
