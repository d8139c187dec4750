import { packageFileName } from '@apkts/apk'

/** URL or path of a repository's index. */
export function indexUrl(location: string, arch: string): string {
  return `${location}/${arch}/APKINDEX.tar.gz`
}

/** URL or path of a package. The directory is that of the index; name and version are inserted as they are. */
export function packageUrl(
  location: string,
  arch: string,
  record: { readonly name: string; readonly version: string },
): string {
  return `${location}/${arch}/${packageFileName(record)}`
}

/** A URL for messages: user name and password replaced. Works on anything, also on text that is no URL. */
export function redactUrl(url: string): string {
  return url.replace(/^([a-zA-Z][a-zA-Z0-9+.-]*:\/\/)[^/?#]*@/, '$1xxxxx@')
}

/** A URL without user name and password, to be written into images and lock files. */
export function stripUserInfo(url: string): string {
  return url.replace(/^((?:@\S*\s+)?https?:\/\/)[^/?#]*@/, '$1')
}
