import type { TarHeader } from '@apkts/archive'
import { fromHex, utf8Decode } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import { parseChecksumText } from '../record.ts'

/** The pax record that carries the SHA-1 of a file's content or a link's target. */
export const CHECKSUM_RECORD = 'APK-TOOLS.checksum.SHA1'

/**
 * SHA-1 a package states for an entry: 40 hex digits, or the old `Q1…` form. Undefined when there is no record.
 * @throws ApkError `FILE_CHECKSUM` when the record is neither.
 */
export function fileChecksum(header: TarHeader, file: string): Uint8Array | undefined {
  const record = header.pax.get(CHECKSUM_RECORD)
  if (record === undefined) return undefined
  const text = utf8Decode(record)
  const bytes = text.startsWith('Q1') ? parseChecksumText(text) : fromHex(text)
  if (bytes === undefined) {
    throw new ApkError('FILE_CHECKSUM', `${file}: ${header.path} has the checksum record ${JSON.stringify(text)}`, {
      at: { file },
      hint: 'Expected 40 hex digits.',
    })
  }
  return bytes
}
