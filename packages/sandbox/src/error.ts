import { DiagnosticError } from '@apkts/diagnostics'

export type SandboxErrorCode =
  | 'RUNNER_MISSING'
  | 'RUNNER_UNUSABLE'
  | 'RUNNER_UNKNOWN'
  | 'GUEST_START'
  | 'EMULATION_MISSING'
  | 'OVERLAY_UNUSABLE'

export class SandboxError extends DiagnosticError<SandboxErrorCode> {
  override readonly name = 'SandboxError'
}
