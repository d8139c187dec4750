import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** A private directory that `close` removes. */
export interface TemporaryDirectory {
  readonly path: string
  /** Removes it with everything in it. */
  close(): Promise<void>
}

/** A private directory (mode 0700) under the system's temporary one; its owner closes it. */
export async function openTemporaryDirectory(prefix: string, parent = tmpdir()): Promise<TemporaryDirectory> {
  const path = await mkdtemp(join(parent, prefix))
  return { path, close: () => rm(path, { recursive: true, force: true }) }
}
