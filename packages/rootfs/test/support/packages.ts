import { splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { sha1 } from '@apkts/encoding'
import type { InstallPackage } from '../../src/index.ts'

const LIMIT = 64 << 20

/** A package file as `installPackages` wants it, its contents in memory. */
export function readPackage(bytes: Uint8Array, file: string): InstallPackage {
  const { pkgInfo, control, controlMembers, dataOffset } = splitApk(bytes, file)
  const members = parseTar(gunzipAll(bytes.subarray(dataOffset), LIMIT))
  return {
    pkgInfo,
    controlSha1: sha1(control),
    fileSize: bytes.length,
    controlMembers,
    entries: members.map(({ header, content }) => ({ header, content: { kind: 'bytes', bytes: content } })),
  }
}
