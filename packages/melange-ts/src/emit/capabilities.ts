import { followPath, type PackageTree, packageTree } from '../tree/index.ts'
import { EmitError } from './error.ts'

const ATTRIBUTE = 'security.capability'
// VFS_CAP_REVISION_3 without its namespace root, as the published packages carry it.
const REVISION = 0x03000000
const EFFECTIVE = 1
const SIZE = 24

/** Bits of `linux/capability.h`. */
const BITS: ReadonlyMap<string, number> = new Map([
  ['cap_net_bind_service', 10],
  ['cap_net_admin', 12],
  ['cap_net_raw', 13],
  ['cap_ipc_lock', 14],
  ['cap_sys_admin', 21],
])

/** A file and the capabilities it gets: comma-separated names → flags such as `+ep`. */
export interface FileCapabilities {
  readonly path: string
  readonly add: Readonly<Record<string, string>>
}

/**
 * The tree with `security.capability` on the files and directories named, also through relative links; `missing` hears of paths
 * that lead to none.
 */
export function withCapabilities(
  tree: PackageTree,
  wanted: readonly FileCapabilities[],
  missing: (path: string) => void,
): PackageTree {
  const values = new Map<string, Uint8Array>()
  for (const [path, add] of mergedByPath(wanted)) {
    const entry = followPath(tree, path)
    if (entry?.type === 'file' || entry?.type === 'directory') values.set(entry.path, encodeCapabilities(add))
    else missing(path)
  }
  if (values.size === 0) return tree
  return packageTree(
    tree.entries.map((entry) => {
      const value = values.get(entry.path)
      return value === undefined ? entry : { ...entry, xattrs: new Map([...entry.xattrs, [ATTRIBUTE, value]]) }
    }),
  )
}

function mergedByPath(wanted: readonly FileCapabilities[]): Map<string, [string, string][]> {
  const merged = new Map<string, [string, string][]>()
  for (const { path, add } of wanted) {
    const key = path.replace(/^\/+/, '')
    merged.set(key, [...(merged.get(key) ?? []), ...Object.entries(add)])
  }
  return merged
}

/** Value of the attribute (`struct vfs_ns_cap_data`), as the original writes it. */
export function encodeCapabilities(add: readonly (readonly [string, string])[]): Uint8Array {
  let effective = 0
  let permitted = 0
  let inheritable = 0
  for (const [names, flags] of add) {
    const bits = names.split(',').reduce((all, name) => all | bitOf(name.trim()), 0)
    if (flags.includes('e')) effective |= bits
    if (flags.includes('p')) permitted |= bits
    if (flags.includes('i')) inheritable |= bits
  }
  const value = new DataView(new ArrayBuffer(SIZE))
  value.setUint32(0, REVISION | (effective === 0 ? 0 : EFFECTIVE), true)
  value.setUint32(4, permitted, true)
  value.setUint32(8, inheritable, true)
  return new Uint8Array(value.buffer)
}

function bitOf(name: string): number {
  const bit = BITS.get(name)
  if (bit !== undefined) return 1 << bit
  throw new EmitError('CAPABILITY', `unknown capability ${JSON.stringify(name)}`, {
    hint: `known are ${[...BITS.keys()].join(', ')}`,
  })
}
