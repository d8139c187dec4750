import { DiagnosticError } from '@apkts/diagnostics'

/** Stable codes of `SandboxError`. */
export type SandboxErrorCode =
  | 'RUNNER_MISSING'
  | 'RUNNER_UNUSABLE'
  | 'RUNNER_UNKNOWN'
  | 'GUEST_START'
  | 'GUEST_LOST'
  | 'RESOURCE_INVALID'
  | 'EMULATION_MISSING'
  | 'OVERLAY_UNUSABLE'

/** A guest cannot be started. */
export class SandboxError extends DiagnosticError<SandboxErrorCode> {
  override readonly name = 'SandboxError'
}
