import { melangeGzip, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { compareBytes, utf8 } from '@apkts/encoding'

/** Install scripts by the name apk knows them under, without the dot. */
export interface PackageScripts {
  readonly 'pre-install'?: string
  readonly 'post-install'?: string
  readonly 'pre-deinstall'?: string
  readonly 'post-deinstall'?: string
  readonly 'pre-upgrade'?: string
  readonly 'post-upgrade'?: string
  readonly trigger?: string
}

/**
 * Control section of a package, byte for byte as melange compresses it: one gzip member with a tar that has no end marker. Entries are sorted by name, belong to
 * root and have the build time, in seconds; empty scripts are left out.
 */
export function assembleControl(
  pkgInfoText: string,
  melangeYaml: string | undefined,
  scripts: PackageScripts,
  mtime: number,
): Uint8Array {
  const texts: [string, string, number][] = [['.PKGINFO', pkgInfoText, 0o644]]
  if (melangeYaml !== undefined) texts.push(['.melange.yaml', melangeYaml, 0o644])
  for (const [name, text] of Object.entries(scripts)) if (text !== '') texts.push([`.${name}`, text, 0o755])
  texts.sort(([a], [b]) => compareBytes(a, b))
  const members = texts.map(([path, text, mode]) => rootFile(path, utf8(text), mode, mtime))
  return melangeGzip(writeTar(members, { end: false }))
}

/** A regular file owned by `root:root`, as control and signature sections contain them. */
export function rootFile(path: string, content: Uint8Array, mode: number, mtime: number): TarInput {
  const header = tarHeader({ path, type: 'file', mode, mtime, size: content.length, uname: 'root', gname: 'root' })
  return { header, content }
}
