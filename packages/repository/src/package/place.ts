import { join } from 'node:path'
import { cachePlace } from '../cache-path.ts'

/** Names of one package in the cache. */
export interface PackagePlace {
  /** Everything of the package: `…/<name>-<version>`. */
  readonly directory: string
  /** The package file as it is, which a user may have put there. */
  readonly plainFile: string
  /** Compressed control section, by its SHA-1. */
  control(sha1: string): string
  /** Compressed signature section, by the SHA-1 of the control section. */
  signature(sha1: string): string
  /** Compressed data section, by its SHA-256. */
  compressedData(sha256: string): string
  /** Inflated data section, by the SHA-256 of the compressed one. */
  data(sha256: string): string
  /** What is known of all sections since they were verified, by the SHA-1 of the control section. */
  record(sha1: string): string
}

/** The place of a package file below a cache root. */
export function packagePlace(root: string, url: string): PackagePlace {
  const { directory: parent, file, path } = cachePlace(root, url)
  const directory = join(parent, /^(?!\.).+\.apk$/.test(file) ? file.slice(0, -'.apk'.length) : `${file}.d`)
  return {
    directory,
    plainFile: path,
    control: (sha1) => join(directory, `${sha1}.ctl.tar.gz`),
    signature: (sha1) => join(directory, `${sha1}.sig.tar.gz`),
    compressedData: (sha256) => join(directory, `${sha256}.dat.tar.gz`),
    data: (sha256) => join(directory, `${sha256}.dat.tar`),
    record: (sha1) => join(directory, `${sha1}.record.json`),
  }
}
