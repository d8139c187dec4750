import { packageFileName } from '@apkts/apk'

/*
 * A bundle is a plain tar: first an empty file that names the format, then `lock.json`, then `keys/<arch>/<name>`, then
 * `packages/<SHA-1 of the control section>/<name>-<version>.apk`.
 */

/** Name of the first member. */
export const BUNDLE_FORMAT = 'apko-ts-bundle-v1'

export const LOCK_PATH = 'lock.json'

export function keyPath(arch: string, name: string): string {
  return `keys/${arch}/${name}`
}

export function packagePath(controlSha1: string, record: { readonly name: string; readonly version: string }): string {
  return `packages/${controlSha1}/${packageFileName(record)}`
}

/** The architecture and file name of a key's path; undefined for other paths. */
export function parseKeyPath(path: string): { readonly arch: string; readonly name: string } | undefined {
  const [, arch, name] = /^keys\/([^/]+)\/([^/]+)$/.exec(path) ?? []
  return arch === undefined || name === undefined ? undefined : { arch, name }
}

/** The SHA-1 in a package's path; undefined for other paths. */
export function parsePackagePath(path: string): string | undefined {
  return /^packages\/([0-9a-f]{40})\/[^/]+\.apk$/.exec(path)?.[1]
}
