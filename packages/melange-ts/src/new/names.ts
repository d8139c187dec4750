import { isValidVersion } from '@apkts/apk'

/** A package name made from any text. */
export function packageName(text: string): string {
  const name = text
    .replace(/^@[^/]*\//, '')
    .toLowerCase()
    .replaceAll('::', '-')
    .replace(/[^a-z0-9+_.-]+/g, '-')
    .replace(/^[^a-z0-9]+|[-.]+$/g, '')
  return name === '' ? 'package' : name
}

export interface UpstreamVersion {
  /** As packages have it. */
  readonly version: string
  /** The package version is what upstream writes. */
  readonly same: boolean
}

/** The version of a package for what upstream writes, such as `1.2.0-rc.1` → `1.2.0_rc1`; 0 when nothing can be made of it. */
export function packageVersion(text: string): UpstreamVersion {
  if (isValidVersion(`${text}-r0`)) return { version: text, same: true }
  const made = text
    .replace(/^[vV]/, '')
    .replace(/\+.*$/, '')
    .replace(
      /[-_.]?(alpha|beta|pre|rc)[-_.]?(\d*)$/i,
      (_match, kind: string, number: string) => `_${kind.toLowerCase()}${number}`,
    )
  return { version: isValidVersion(`${made}-r0`) ? made : '0', same: false }
}

/** Name and version in the last part of an archive's URL, such as `hello-2.12.tar.gz` or `v1.0.zip` below a project. */
export function namesInUrl(url: string): { name?: string; version?: string } {
  const parts = url.replace(/[?#].*$/, '').split('/')
  const file = (parts.at(-1) ?? '').replace(/\.(?:tar(?:\.\w+)?|t[gbx]z|tzst|zip|crate|gem)$/, '')
  const [, name, version] = /^(.*?)[-_]v?(\d[\w.+~-]*)$/.exec(file) ?? []
  if (name && version) return { name, version }
  const project = /^https?:\/\/[^/]+\/[^/]+\/([^/]+)\//.exec(url)?.[1]
  return /^v?\d/.test(file) ? { ...(project && { name: project }), version: file.replace(/^v/, '') } : { name: file }
}
