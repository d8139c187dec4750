import type { ContentRef } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { readStart } from '../tree/index.ts'

/** Configuration files are small; what lies behind this limit is not looked at. */
const MAX_CONFIGURATION = 1 << 20

/** Text of a configuration file. */
export function readContent(content: ContentRef): string {
  return utf8Decode(readStart(content, MAX_CONFIGURATION))
}
