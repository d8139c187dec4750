import { sortedUnique, utf8 } from '@apkts/encoding'
import { RootfsError } from './error.ts'
import { deviceNode } from './tree/node.ts'
import { Tree } from './tree/tree.ts'

/** Where apk keeps its state in an image. */
export const DATABASE = 'usr/lib/apk/db'
export const INSTALLED = `${DATABASE}/installed`

const DIRECTORIES: readonly (readonly [path: string, mode: number])[] = [
  ['tmp', 0o1777],
  ['dev', 0o755],
  ['etc', 0o755],
  ['opt', 0o755],
  ['var', 0o755],
  ['usr', 0o755],
  ['proc', 0o555],
  ['etc/apk', 0o755],
  ['etc/apk/keys', 0o755],
  ['usr/lib', 0o755],
  ['usr/lib/apk', 0o755],
  [DATABASE, 0o755],
  ['usr/lib/apk/exec', 0o755],
  ['var/cache', 0o755],
  ['var/cache/apk', 0o755],
  ['var/cache/misc', 0o755],
]

const DEVICES: readonly (readonly [path: string, major: number, minor: number, mode: number])[] = [
  ['dev/zero', 1, 5, 0o666],
  ['dev/urandom', 1, 9, 0o666],
  ['dev/null', 1, 3, 0o666],
  ['dev/random', 1, 8, 0o666],
  ['dev/console', 5, 1, 0o620],
]

/** A `scripts.tar` without members. */
const EMPTY_TAR_SIZE = 1024

export interface InitialTreeInput {
  /** apk name of the architecture. */
  readonly arch: string
  /** Public keys by file name. */
  readonly keys: ReadonlyMap<string, string>
  readonly world: readonly string[]
  readonly repositories: readonly string[]
}

/** The tree before the first package: base directories, devices, an empty database, keys, world and repositories. */
export function initialTree({ arch, keys, world, repositories }: InitialTreeInput): Tree {
  const tree = new Tree()
  for (const [path, mode] of DIRECTORIES) tree.makeDirectories(path, mode)
  tree.writeFile(`${DATABASE}/lock`, new Uint8Array(), 0o600)
  tree.writeFile(`${DATABASE}/triggers`, new Uint8Array(), 0o644)
  tree.writeFile(INSTALLED, new Uint8Array(), 0o644)
  tree.writeFile(`${DATABASE}/scripts.tar`, new Uint8Array(EMPTY_TAR_SIZE), 0o644)
  tree.writeFile('etc/apk/arch', utf8(`${arch}\n`), 0o644)
  tree.writeFile('etc/apk/world', lines(world), 0o644)
  tree.writeFile('etc/apk/repositories', lines(repositories), 0o644)
  for (const [path, major, minor, mode] of DEVICES) tree.place(path, deviceNode({ major, minor, mode }))
  for (const [name, pem] of keys) tree.writeFile(`etc/apk/keys/${name}`, utf8(pem), 0o644)
  return tree
}

/** Paths of everything in the initial tree but the keys. */
export function initialNames(): string[] {
  const files = ['lock', 'triggers', 'installed', 'scripts.tar'].map((name) => `${DATABASE}/${name}`)
  const state = ['arch', 'world', 'repositories'].map((name) => `etc/apk/${name}`)
  return [...DIRECTORIES.map(([path]) => path), ...DEVICES.map(([path]) => path), ...files, ...state]
}

/** Puts back devices that something removed; like apko, without any permission. */
export function restoreDevices(tree: Tree): void {
  for (const [path, major, minor] of DEVICES) {
    if (tree.lookup(path) !== undefined) continue
    const directory = tree.makeDirectories('dev')
    tree.place(path, deviceNode({ major, minor, mode: 0, mtime: directory.mtime }))
  }
}

/**
 * Writes the repositories that `apk` inside the image will use.
 * @throws RootfsError `REPOSITORIES_EMPTY` when there is none.
 */
export function writeRuntimeRepositories(tree: Tree, repositories: readonly string[]): void {
  if (repositories.length === 0) {
    throw new RootfsError('REPOSITORIES_EMPTY', 'the image has no repository for its /etc/apk/repositories', {
      hint: 'List one in contents.repositories or contents.runtime_repositories.',
    })
  }
  tree.writeFile('etc/apk/repositories', lines(repositories), 0o644)
}

function lines(values: readonly string[]): Uint8Array {
  return utf8(
    sortedUnique(values)
      .map((value) => `${value}\n`)
      .join(''),
  )
}
