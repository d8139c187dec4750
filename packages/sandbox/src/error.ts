import { DiagnosticError } from '@apkts/diagnostics'

export type SandboxErrorCode = 'RUNNER_MISSING' | 'RUNNER_UNUSABLE' | 'EMULATION_MISSING' | 'INTERRUPTED' | 'TIMEOUT'

export class SandboxError extends DiagnosticError<SandboxErrorCode> {
  override readonly name = 'SandboxError'
}
