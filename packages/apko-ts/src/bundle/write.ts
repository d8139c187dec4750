import { encodeTarHeader, TAR_END, tarHeader, tarPadding } from '@apkts/archive'
import { writeFileAtomic } from '@apkts/cache'
import { hex, utf8 } from '@apkts/encoding'
import type { Keys } from '@apkts/keyring'
import type { Session } from '../environment/session.ts'
import { formatLockFile } from '../lock/format.ts'
import type { MadeLock } from '../lock/make.ts'
import { BUNDLE_FORMAT, keyPath, LOCK_PATH, packagePath } from './layout.ts'

/**
 * Writes a lock file and everything it names into one tar: the packages as their repositories have them, and the keys
 * that images get. The same lock gives the same bytes. Appears whole or not at all.
 */
export async function writeBundle(path: string, made: MadeLock, session: Session): Promise<void> {
  await writeFileAtomic(path, bundleBytes(made, session), { mode: 0o666 })
}

async function* bundleBytes({ lock, archs }: MadeLock, session: Session): AsyncGenerator<Uint8Array, void, void> {
  yield* fileBytes(BUNDLE_FORMAT, new Uint8Array(0))
  yield* fileBytes(LOCK_PATH, utf8(formatLockFile(lock)))
  for (const { arch, keys } of archs) yield* keyBytes(arch, keys)
  const written = new Set<string>()
  for (const item of archs.flatMap(({ packages }) => packages)) {
    const { bytes, size, controlSha1 } = await session.repositories.openPackageFile(item)
    const member = packagePath(hex(controlSha1), item.record)
    if (written.has(member)) continue
    written.add(member)
    yield encodeTarHeader(tarHeader({ path: member, type: 'file', size }))
    yield* bytes
    yield tarPadding(size)
  }
  yield TAR_END
}

function* keyBytes(arch: string, keys: Keys): Generator<Uint8Array, void, void> {
  for (const [name, pem] of keys) yield* fileBytes(keyPath(arch, name), utf8(pem))
}

function* fileBytes(path: string, bytes: Uint8Array): Generator<Uint8Array, void, void> {
  yield encodeTarHeader(tarHeader({ path, type: 'file', size: bytes.length }))
  yield bytes
  yield tarPadding(bytes.length)
}
