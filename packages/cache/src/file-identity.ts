import { statSync } from 'node:fs'
import { isSystemError } from '@apkts/diagnostics'

/** What identifies a file that has not been touched since: any write changes its times. */
export interface FileIdentity {
  readonly size: string
  readonly mtimeNs: string
  readonly ctimeNs: string
  readonly ino: string
}

/** Of the file that a path leads to; undefined when there is none. */
export function identifyFile(path: string): FileIdentity | undefined {
  try {
    const stats = statSync(path, { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) return undefined
    const { size, mtimeNs, ctimeNs, ino } = stats
    return { size: `${size}`, mtimeNs: `${mtimeNs}`, ctimeNs: `${ctimeNs}`, ino: `${ino}` }
  } catch (error) {
    if (isSystemError(error, 'ENOTDIR') || isSystemError(error, 'ELOOP')) return undefined
    throw error
  }
}

/** Whether nobody has written to the file in between. */
export function isSameFile(a: FileIdentity, b: FileIdentity): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs && a.ino === b.ino
}
