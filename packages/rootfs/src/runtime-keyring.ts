import { createPublicKey, type KeyObject } from 'node:crypto'
import type { ImageConfig } from '@apkts/config'
import { compareBytes, type Instant, utf8 } from '@apkts/encoding'
import { formatPem, parsePem } from './certificates/pem.ts'
import { RootfsError } from './error.ts'
import { roundedSeconds } from './time.ts'
import type { Tree } from './tree/tree.ts'

type RuntimeKey = ImageConfig['contents']['runtimeKeyring'][number]

/**
 * Writes the keys that `apk` inside the image will trust, re-encoded.
 * @throws RootfsError `RUNTIME_KEY_INVALID` unless a key is one RSA public key in PKIX form, `PATH_EXISTS` when the
 * build used a key of that name
 */
export function writeRuntimeKeyring(tree: Tree, keys: readonly RuntimeKey[], imageDate: Instant): void {
  for (const key of [...keys].sort((a, b) => compareBytes(a.name, b.name))) {
    const path = `etc/apk/keys/${key.name}`
    const pem = canonicalKey(key)
    if (tree.lookup(path, { followLast: false }) !== undefined) {
      throw new RootfsError('PATH_EXISTS', `runtime key "${key.name}": /${path} already exists in the image`, {
        hint: 'Give the key another name, or drop it: keys of the build stay in the image.',
      })
    }
    tree.writeFile(path, utf8(pem), 0o644)
    tree.change(path, { mtime: roundedSeconds(imageDate) })
  }
}

function canonicalKey({ name, content }: RuntimeKey): string {
  const blocks = parsePem(content)
  const block = blocks[0]
  if (block === undefined || blocks.length > 1 || block.type !== 'PUBLIC KEY') {
    throw invalid(name, `expected exactly one PEM block of type PUBLIC KEY, found ${describe(blocks)}`)
  }
  const key = publicKey(name, block.bytes)
  if (key.asymmetricKeyType !== 'rsa') throw invalid(name, `expected an RSA key, found ${key.asymmetricKeyType}`)
  return formatPem({ type: block.type, headers: [], bytes: key.export({ type: 'spki', format: 'der' }) })
}

function publicKey(name: string, der: Uint8Array): KeyObject {
  try {
    return createPublicKey({ key: Buffer.from(der), format: 'der', type: 'spki' })
  } catch (error) {
    if (error instanceof Error && 'code' in error) throw invalid(name, 'its PEM block does not hold a public key')
    throw error
  }
}

function describe(blocks: readonly { readonly type: string }[]): string {
  return blocks.length === 0 ? 'none' : blocks.map(({ type }) => type).join(', ')
}

function invalid(name: string, problem: string): RootfsError {
  return new RootfsError('RUNTIME_KEY_INVALID', `runtime key "${name}": ${problem}`)
}
