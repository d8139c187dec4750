import type { ImageConfig } from '@apkts/config'
import { initialNames } from './initial.ts'
import type { InstalledPackage } from './install/installed.ts'
import { cleanPath } from './tree/path.ts'
import type { Tree } from './tree/tree.ts'

export interface BareInput {
  readonly config: ImageConfig
  readonly installed: readonly InstalledPackage[]
}

/** What the build makes beside the initial tree. */
const LATER = ['etc/apko.json', 'lib/apk', 'lib', 'var/lib', 'var/lib/db']
/** Where packages bring their SPDX documents. */
const DOCUMENTS = 'var/lib/db/sbom'

/**
 * Takes away what every image gets from the build itself: apk's database, keys and repositories, the record of the
 * configuration, devices, an account file that lists nobody, the packages' SPDX documents, and directories that nothing
 * is in. Everything else that a package brought or that the configuration names stays.
 */
export function removeOwnNames(tree: Tree, { config, installed }: BareInput): void {
  const wanted = new Set([...packagePaths(installed), ...configuredPaths(config)])
  const documents = childrenOf(tree, DOCUMENTS)
  const own = [...childrenOf(tree, 'etc/apk/keys'), ...initialNames(), ...LATER, ...emptyAccounts(tree)]
  const removed = [...documents, DOCUMENTS, ...own.filter((path) => !wanted.has(path))]
  const deepestFirst = [...new Set(removed)].sort((a, b) => b.split('/').length - a.split('/').length)
  for (const path of deepestFirst) if (isRemovable(tree, path)) tree.remove(path)
}

function isRemovable(tree: Tree, path: string): boolean {
  const node = tree.lookup(path, { followLast: false })
  return node !== undefined && (node.kind !== 'directory' || node.children.size === 0)
}

/** Of packages, without the directories that are there for the sake of the documents. */
function packagePaths(installed: readonly InstalledPackage[]): string[] {
  const paths = installed.flatMap(({ package: { entries } }) => entries.map(({ header }) => cleanPath(header.path)))
  return paths.filter((path) => !`${DOCUMENTS}/`.startsWith(`${path}/`))
}

function configuredPaths({ contents, paths }: ImageConfig): string[] {
  const keys = contents.runtimeKeyring.map(({ name }) => `etc/apk/keys/${name}`)
  return [...paths.map(({ path }) => cleanPath(path)), ...keys]
}

function childrenOf(tree: Tree, path: string): string[] {
  const directory = tree.lookup(path)
  return directory?.kind === 'directory' ? [...directory.children.keys()].map((name) => `${path}/${name}`) : []
}

function emptyAccounts(tree: Tree): string[] {
  const passwd = tree.lookup('etc/passwd', { followLast: false })
  const empty = passwd?.kind === 'file' && passwd.content.kind === 'bytes' && passwd.content.bytes.length === 0
  return empty ? ['etc/passwd'] : []
}
