import { generateKeyPairSync } from 'node:crypto'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { assembleControl, formatPkgInfo, packageRecord, rootFile, writeIndexArchive } from '@apkts/apk'
import { gzip, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { loadPrivateKey, type PrivateKey } from '../src/index.ts'

const fallback = fileURLToPath(new URL('../../../../shared/data', import.meta.url))
const dataFolder = process.env.CONFORMANCE_DATA ?? fallback
export const goldenApks = join(dataFolder, 'golden-apks')
export const hasGoldenApks = existsSync(goldenApks)
export const skipNote = hasGoldenApks ? '' : ' (skipped: conformance data not present)'

export function goldenFiles(suffix: string): string[] {
  if (!hasGoldenApks) return []
  return readdirSync(join(goldenApks, 'cases'), { recursive: true, encoding: 'utf8' })
    .filter((path) => path.includes('/expected/') && path.endsWith(suffix))
    .map((path) => join(goldenApks, 'cases', path))
}

export interface TestKey {
  readonly privatePem: string
  readonly publicPem: string
  readonly key: PrivateKey
}

/** A fresh key pair; its private key is loaded under that name. */
export function testKey(name: string, modulusLength = 2048, minimumBits = 2048): TestKey {
  const pair = generateKeyPairSync('rsa', {
    modulusLength,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  return {
    privatePem: pair.privateKey,
    publicPem: pair.publicKey,
    key: loadPrivateKey(pair.privateKey, name, { minimumBits }),
  }
}

export function exampleIndex(): Uint8Array {
  return writeIndexArchive([packageRecord({ name: 'demo', version: '1.0-r0' })])
}

export interface PackageParts {
  readonly dataHash?: string
  readonly data?: Uint8Array
  readonly controlEnd?: boolean
  readonly dataBytes?: (data: Uint8Array) => Uint8Array
}

/** An unsigned package with one file; parts can be replaced by wrong ones. */
export function examplePackage(parts: PackageParts = {}): Uint8Array {
  const content = utf8('hello\n')
  const pax = new Map([['APK-TOOLS.checksum.SHA1', utf8(sha1Hex(content))]])
  const header = tarHeader({ path: 'hello', type: 'file', mode: 0o755, size: content.length, pax })
  const good = parts.data ?? gzip(writeTar([{ header, content }]), { header: 'melange' })
  const data = parts.dataBytes?.(good) ?? good
  const text = pkgInfoText(parts.dataHash ?? sha256Hex(data))
  const control =
    parts.controlEnd === true
      ? gzip(writeTar([rootFile('.PKGINFO', utf8(text), 0o644, 1)]))
      : assembleControl(text, undefined, {}, 1700000000)
  return concatBytes([control, data])
}

function pkgInfoText(dataHash: string): string {
  return formatPkgInfo({
    name: 'demo',
    version: '1.0-r0',
    arch: 'x86_64',
    installedSize: 6,
    origin: 'demo',
    description: 'a demo',
    url: '',
    commit: '',
    buildDate: 1700000000,
    dataHash,
  }).replace(/^datahash = $/m, '')
}
