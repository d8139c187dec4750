import type { ContentRef } from '@apkts/archive'
import type { PackageTree } from '../tree/index.ts'
import { generatedTree } from './layout.ts'

/** Name of the generated package that holds the top-level links of the merged-/usr layout. */
export const MERGED_USR = 'merged-usr'

/** `bin → usr/bin` and its like; packages that used those directories depend on it. */
export function mergedUsrTree(): PackageTree {
  const names = ['bin', 'lib', 'lib64', 'sbin']
  return generatedTree({
    directories: names.map((name) => `usr/${name}`),
    links: Object.fromEntries(names.map((name) => [name, `usr/${name}`])),
  })
}

/** Files that a package's maintainer script would have made and that nothing works without. */
export async function maintainerFiles(
  name: string,
  tree: PackageTree,
  read: (content: ContentRef) => Promise<string>,
): Promise<PackageTree> {
  if (name === 'base-files') return generatedTree({ files: ACCOUNTS })
  return name === 'ca-certificates' ? certificateBundle(tree, read) : generatedTree({})
}

const ACCOUNTS = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
}

const BUNDLE = 'etc/ssl/certs/ca-certificates.crt'

// update-ca-certificates(8) joins the certificates that the package ships, in order of name.
async function certificateBundle(
  tree: PackageTree,
  read: (content: ContentRef) => Promise<string>,
): Promise<PackageTree> {
  const texts: string[] = []
  for (const { path, type, content } of tree.entries) {
    if (type === 'file' && /^usr\/share\/ca-certificates\/.*\.crt$/.test(path)) texts.push(await read(content))
  }
  return generatedTree(
    texts.length === 0 ? {} : { files: { [BUNDLE]: texts.map((text) => `${text.trimEnd()}\n`).join('') } },
  )
}
