import { basename } from 'node:path'
import type { Identify } from '@apkts/oci'

/** A file that is called like the SHA-256 of the data section it holds, as verified packages are in the cache. */
const CONTENT_ADDRESSED = /^[0-9a-f]{64}\.dat\.tar$/

/** The name of a verified data section says what is in it. */
export const identifyContent: Identify = ({ path }) => {
  const name = basename(path)
  return CONTENT_ADDRESSED.test(name) ? name : undefined
}
