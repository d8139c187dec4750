import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  assembleControl,
  formatPkgInfo,
  packageFileName,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { gzip, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { generateKeyPair, loadPrivateKey, type PrivateKey, signIndex } from '@apkts/keyring'

/** What a test says of a package; everything else is filled in. */
export interface PackageFixture {
  readonly name: string
  readonly version?: string
  readonly dependencies?: readonly string[]
  readonly provides?: readonly string[]
  /** Text of `/usr/share/<name>`. */
  readonly text?: string
}

export interface TestKey {
  readonly key: PrivateKey
  readonly publicPem: string
}

export const BUILD_DATE = 1_700_000_000

export async function makeKey(name: string): Promise<TestKey> {
  const { privatePem, publicPem } = await generateKeyPair({ bits: 2048 })
  return { key: loadPrivateKey(privatePem, `${name}.rsa`), publicPem }
}

/** Writes packages and a signed index to `<directory>/<arch>`, the key beside it. */
export async function makeRepository(
  directory: string,
  { arch, key, packages }: { arch: string; key: TestKey; packages: readonly PackageFixture[] },
): Promise<void> {
  await mkdir(join(directory, arch), { recursive: true })
  const records = packages.map((fixture) => {
    const bytes = makePackage(fixture, arch)
    const { pkgInfo, sections } = splitApk(bytes, fixture.name)
    return { bytes, record: recordFromPackage(pkgInfo, sections.control.digest, bytes.length) }
  })
  for (const { bytes, record } of records) await writeFile(join(directory, arch, packageFileName(record)), bytes)
  const index = writeIndexArchive(records.map(({ record }) => record))
  await writeFile(join(directory, arch, 'APKINDEX.tar.gz'), signIndex(index, key.key))
  await writeFile(join(directory, key.key.name), key.publicPem)
}

function makePackage(fixture: PackageFixture, arch: string): Uint8Array {
  const data = gzip(writeTar(dataEntries(fixture)))
  const info = formatPkgInfo({
    name: fixture.name,
    version: fixture.version ?? '1.0-r0',
    arch,
    installedSize: 4096,
    origin: fixture.name,
    description: `test package ${fixture.name}`,
    url: 'https://example.com/',
    commit: '',
    buildDate: BUILD_DATE,
    licenses: ['MIT'],
    dependencies: fixture.dependencies ?? [],
    provides: fixture.provides ?? [],
    dataHash: sha256Hex(data),
  })
  return concatBytes([assembleControl(info, undefined, {}, BUILD_DATE), data])
}

function dataEntries({ name, text = name }: PackageFixture) {
  const owned = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: BUILD_DATE }
  const content = utf8(text)
  const pax = new Map([['APK-TOOLS.checksum.SHA1', utf8(sha1Hex(content))]])
  const path = `usr/share/${name}`
  return [
    { header: tarHeader({ path: 'usr', type: 'directory', mode: 0o755, ...owned }) },
    { header: tarHeader({ path: 'usr/share', type: 'directory', mode: 0o755, ...owned }) },
    { header: tarHeader({ path, type: 'file', mode: 0o644, size: content.length, pax, ...owned }), content },
  ]
}
