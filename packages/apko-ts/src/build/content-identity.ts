import { basename } from 'node:path'
import type { Identify } from '@apkts/oci'

/** A file that is called like the SHA-256 of the data section it holds, as verified packages are in the cache. */
const CONTENT_ADDRESSED = /^[0-9a-f]{64}\.dat\.tar$/

/** The name of a verified data section says what is in it. */
export const identifyContent: Identify = ({ path }) => {
  if (path !== last.path) {
    const name = basename(path)
    last = { path, identity: CONTENT_ADDRESSED.test(name) ? name : undefined }
  }
  return last.identity
}

/** Contents that follow each other mostly come from the same file. */
let last: { readonly path: string; readonly identity: string | undefined } = { path: '', identity: undefined }
