import { readlinkSync } from 'node:fs'
import { isSystemError } from '@apkts/diagnostics'
import { isRunning } from '../index-repo/index.ts'

/** Says in a file or name whose something is: this process, and the namespace its number counts in. */
export function ownerText(): string {
  return `${process.pid}-${pidNamespace()}`
}

/** True when the process of an owner's text has ended. False also where that cannot be told: in another container. */
export function ownerIsGone(text: string): boolean {
  const [, pid, namespace] = /^(\d{1,10})-(\d+)$/.exec(text) ?? []
  return namespace === pidNamespace() && !isRunning(Number(pid))
}

/** Inode of the namespace of process numbers; 0 where the system has none. */
function pidNamespace(): string {
  try {
    return /\d+/.exec(readlinkSync('/proc/self/ns/pid'))?.[0] ?? '0'
  } catch (error) {
    if (isSystemError(error)) return '0'
    throw error
  }
}
