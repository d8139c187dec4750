import type { ContentRef } from '@apkts/archive'
import { generatedEntries, type LayoutEntry } from './layout.ts'

/** Name of the generated package that holds the top-level links of the merged-/usr layout. */
export const MERGED_USR = 'merged-usr'

/** `bin → usr/bin` and its like; packages that used those directories depend on it. */
export function mergedUsrEntries(): LayoutEntry[] {
  const names = ['bin', 'lib', 'lib64', 'sbin']
  return generatedEntries({
    directories: names.map((name) => `usr/${name}`),
    links: Object.fromEntries(names.map((name) => [name, `usr/${name}`])),
  })
}

/** Files that a maintainer script would have made and that nothing works without, by package. */
export async function maintainerFiles(
  name: string,
  entries: readonly LayoutEntry[],
  read: (content: ContentRef) => Promise<string>,
): Promise<LayoutEntry[]> {
  if (name === 'base-files') return generatedEntries({ files: ACCOUNTS })
  if (name === 'ca-certificates') return certificateBundle(entries, read)
  return []
}

const ACCOUNTS = {
  'etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n',
  'etc/group': 'root:x:0:\nnogroup:x:65534:\n',
}

const BUNDLE = 'etc/ssl/certs/ca-certificates.crt'

// update-ca-certificates(8) joins the certificates that the package ships, in order of name.
async function certificateBundle(
  entries: readonly LayoutEntry[],
  read: (content: ContentRef) => Promise<string>,
): Promise<LayoutEntry[]> {
  const texts: string[] = []
  for (const { header, content } of entries) {
    if (header.type === 'file' && /^usr\/share\/ca-certificates\/.*\.crt$/.test(header.path))
      texts.push(await read(content))
  }
  if (texts.length === 0) return []
  return generatedEntries({ files: { [BUNDLE]: texts.map((text) => `${text.trimEnd()}\n`).join('') } })
}
