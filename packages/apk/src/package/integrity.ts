import { fromHex, hex } from '@apkts/encoding'
import { ApkError } from '../error.ts'
import type { PkgInfo } from '../pkginfo/parse.ts'
import { checksumText } from '../record.ts'
import type { ApkSections, SectionRange } from './section.ts'

/** What an integrity check needs: where the sections are and what the control section says of the data. */
export interface IntegrityInput {
  readonly sections: ApkSections
  readonly pkgInfo: PkgInfo
}

/**
 * Checks a package the way apko does before installing it: the control section against the checksum of the index, the
 * data section against `datahash`. A missing `datahash` fails. Without `expected` only the second check is made.
 * @throws ApkError `CONTROL_CHECKSUM` or `DATA_HASH`.
 */
export function checkIntegrity(apk: IntegrityInput, file: string, expected?: Uint8Array): void {
  const { control, data } = apk.sections
  if (expected !== undefined) checkControl(control, file, expected)
  const stated = fromHex(apk.pkgInfo.dataHash)
  if (stated !== undefined && equal(stated, data.digest)) return
  const shown = apk.pkgInfo.dataHash === '' ? 'no datahash in .PKGINFO' : `datahash ${apk.pkgInfo.dataHash}`
  throw new ApkError('DATA_HASH', `${file} is damaged: ${shown}, but its data section has ${hex(data.digest)}`, {
    at: { file },
  })
}

/** The first half of `checkIntegrity`, possible before the data section is there. @throws ApkError `CONTROL_CHECKSUM`. */
export function checkControl(control: SectionRange, file: string, expected: Uint8Array): void {
  if (equal(control.digest, expected)) return
  throw new ApkError(
    'CONTROL_CHECKSUM',
    `${file} is not the package of its index: expected ${checksumText(expected)}, found ${checksumText(control.digest)}`,
    { at: { file }, hint: 'The repository may be half updated; try again, or rebuild its index.' },
  )
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i])
}
