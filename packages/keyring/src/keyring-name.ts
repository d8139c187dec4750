const REMOTE = /^https?:\/\//

/**
 * File name under which apko stores a configured key: the last path element of the URL or path as written. Query and
 * percent escapes stay in it; `verifyIndex` finds such keys all the same.
 */
export function keyFileName(location: string): string {
  return location.slice(location.lastIndexOf('/') + 1)
}

/** True for keyring entries that are fetched, false for local paths. */
export function isRemoteKey(location: string): boolean {
  return REMOTE.test(location)
}
