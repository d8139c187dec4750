import { compareBytes } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import type { InstallPackage } from '../install/package.ts'
import { readTextAt } from '../tree/files.ts'
import { cleanPath, parentOf } from '../tree/path.ts'
import { changeNode, type Tree } from '../tree/tree.ts'
import { APPLET_NAMES, MISSING_APPLETS } from './applets.ts'

const BUSYBOX = '/bin/busybox'
const VERSION = /^v?(\d+\.\d+\.\d+)(-\w+)?$/

/**
 * Makes the applet links that busybox's install script would make: those its package lists in `/etc/busybox-paths.d`,
 * else those of a table for versions that shipped no list. Names that exist stay as they are.
 * @throws RootfsError `BUSYBOX_UNKNOWN` without a package to ask, `PATH_EXISTS` where a link cannot be
 */
export async function linkBusybox(tree: Tree, packages: readonly InstallPackage[]): Promise<void> {
  const busybox = tree.lookup(BUSYBOX)
  if (busybox === undefined) return
  for (const link of await appletLinks(tree, busyboxPackage(packages))) {
    if (link === '' || link === BUSYBOX || !link.includes('/')) continue
    const directory = tree.makeDirectories(parentOf(cleanPath(link)), 0o755)
    changeNode(directory, { mtime: busybox.mtime ?? 0 })
    linkApplet(tree, link)
  }
}

function linkApplet(tree: Tree, link: string): void {
  const existing = tree.lookup(link, { followLast: false })
  if (existing === undefined) tree.symlink(link, BUSYBOX)
  else if (existing.kind !== 'symlink' && existing.kind !== 'file') {
    throw new RootfsError('PATH_EXISTS', `cannot link ${link} to ${BUSYBOX}: it exists and is a ${existing.kind}`)
  }
}

// A package named busybox always wins; among others whose provides mention it, the last one does, as in apko.
function busyboxPackage(packages: readonly InstallPackage[]): InstallPackage {
  const named = packages.find(({ pkgInfo }) => pkgInfo.name === 'busybox')
  const provider = packages.findLast(({ pkgInfo }) => pkgInfo.provides.some((name) => name.includes('busybox')))
  const found = named ?? provider
  if (found === undefined) {
    throw new RootfsError('BUSYBOX_UNKNOWN', `the image has ${BUSYBOX}, but no installed package provides busybox`)
  }
  return found
}

async function appletLinks(tree: Tree, { pkgInfo }: InstallPackage): Promise<readonly string[]> {
  const listed = await readTextAt(tree, `etc/busybox-paths.d/${pkgInfo.name}`)
  return listed === undefined ? tableLinks(pkgInfo.version) : listed.split('\n')
}

function tableLinks(version: string): string[] {
  const match = VERSION.exec(version)
  if (match === null) {
    throw new RootfsError(
      'BUSYBOX_UNKNOWN',
      `expected a busybox version such as 1.36.1-r0 to choose its applet links by, found ${version}`,
      { hint: 'A busybox package that ships /etc/busybox-paths.d/<package> needs no table.' },
    )
  }
  const missing = new Set(MISSING_APPLETS[match[1]!] ?? [])
  return Object.entries(APPLET_NAMES)
    .flatMap(([directory, names]) => names.split(' ').map((name) => `${directory}/${name}`))
    .filter((link) => !missing.has(link))
    .sort(compareBytes)
}
