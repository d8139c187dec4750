import { isSystemError } from '@apkts/diagnostics'

/** Whether a process has this number; also when it is somebody else's. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return !isSystemError(error, 'ESRCH')
  }
}
