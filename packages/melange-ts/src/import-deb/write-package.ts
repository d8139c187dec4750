import { createReadStream, createWriteStream } from 'node:fs'
import { rename, stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { pipeline } from 'node:stream/promises'
import {
  assembleControl,
  formatPkgInfo,
  type PackageRecord,
  type PkgInfoInput,
  parsePkgInfo,
  recordFromPackage,
} from '@apkts/apk'
import { concatBytes, sha1 } from '@apkts/encoding'
import { type PrivateKey, signControl } from '@apkts/keyring'

/** The two sections of an apk package in front of its data. */
export interface PackageHead {
  /** Signature and control section. */
  readonly bytes: Uint8Array
  readonly control: Uint8Array
  readonly pkgInfoText: string
}

/** Signature and control section of a package without scripts. `info.buildDate` is the time of their entries. */
export function packageHead(info: PkgInfoInput, key: PrivateKey): PackageHead {
  const pkgInfoText = formatPkgInfo(info)
  const control = assembleControl(pkgInfoText, undefined, {}, info.buildDate)
  return { bytes: concatBytes([signControl(control, key, info.buildDate), control]), control, pkgInfoText }
}

/** What the index says about a package whose file is `fileSize` bytes long. */
export function headRecord({ control, pkgInfoText }: PackageHead, fileSize: number): PackageRecord {
  return recordFromPackage(parsePkgInfo(pkgInfoText), sha1(control), fileSize)
}

/** Bytes of a file from an offset on. */
export interface DataSource {
  readonly file: string
  readonly offset: number
}

/** Writes a package file under a temporary name and renames it; returns its size. */
export async function writePackage(target: string, head: PackageHead, data: DataSource): Promise<number> {
  const temporary = `${target.slice(0, -basename(target).length)}.${basename(target)}.tmp`
  const stream = createWriteStream(temporary)
  stream.write(head.bytes)
  await pipeline(createReadStream(data.file, { start: data.offset }), stream)
  await rename(temporary, target)
  return (await stat(target)).size
}
