import { join } from 'node:path'
import type { Log } from '@apkts/diagnostics'
import { withCapabilities } from '../emit/index.ts'
import type { SetCap } from '../recipe/types.ts'
import {
  type DirectoryOptions,
  type PackageTree,
  readXattrs,
  treeFromDirectory,
  type XattrsByPath,
} from '../tree/index.ts'

/** Directory of the workspace where steps put packages. */
export const OUTPUT_DIRECTORY = 'melange-out'

export interface LoadedOutput {
  readonly name: string
  readonly setcap: readonly SetCap[]
}

/** The trees of all packages that a build left in its workspace, in order. */
export async function loadOutputs(
  workspace: string,
  outputs: readonly LoadedOutput[],
  options: { readonly caller: DirectoryOptions['caller']; readonly log: Log },
): Promise<PackageTree[]> {
  const root = join(workspace, OUTPUT_DIRECTORY)
  const xattrs = await readXattrs(root, options.log)
  const trees: PackageTree[] = []
  for (const { name, setcap } of outputs) {
    const tree = await treeFromDirectory(join(root, name), {
      xattrs: below(xattrs, `${name}/`),
      caller: options.caller,
    })
    const missing = (path: string): void => options.log.warn(`setcap: ${name} has no file ${path}`)
    trees.push(withCapabilities(tree, setcap, missing))
  }
  return trees
}

function below(xattrs: XattrsByPath, prefix: string): XattrsByPath {
  const inside = [...xattrs].filter(([path]) => path.startsWith(prefix))
  return new Map(inside.map(([path, attributes]) => [path.slice(prefix.length), attributes]))
}
