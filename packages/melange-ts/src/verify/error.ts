import { DiagnosticError } from '@apkts/diagnostics'

export type VerifyErrorCode = 'NOT_CHECKABLE' | 'ADB'

/** Something that cannot be checked at all. */
export class VerifyError extends DiagnosticError<VerifyErrorCode> {
  override readonly name = 'VerifyError'
}

/** The refusal of an apk v3 file. */
export function adbError(subject: string): VerifyError {
  return new VerifyError('ADB', `${subject} is an apk v3 (ADB) file, which is not supported here`, {
    at: { file: subject },
    hint: 'Get the apk v2 form of it, or look into it with: apk adbdump',
  })
}
