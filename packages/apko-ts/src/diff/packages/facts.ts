import { checksumText, parseInstalled } from '@apkts/apk'
import { utf8Decode } from '@apkts/encoding'
import { NOASSERTION, parseEmbeddedDocument } from '@apkts/sbom'
import type { LockedPackage } from '../../lock/format.ts'
import { DATABASES } from '../files/facts.ts'

/** What is compared of a package. */
export interface PackageFacts {
  readonly name: string
  readonly version: string
  readonly origin: string
  /** Empty where it is not known. */
  readonly license: string
  /** Installed size in bytes; 0 where it is not known. */
  readonly size: number
  /** `Q1…` of the control section, or empty. */
  readonly checksum: string
}

export interface ImagePackages {
  readonly packages: readonly PackageFacts[]
  /** Package that installed a path. */
  readonly owners: ReadonlyMap<string, string>
}

/** Packages of an image: from its installed database, else from the SBOM files in it. @throws ApkError */
export function packagesOf(contents: ReadonlyMap<string, Uint8Array>): ImagePackages {
  const database = DATABASES.find((path) => contents.has(path))
  return database === undefined ? fromSboms(contents) : fromDatabase(utf8Decode(contents.get(database)!), database)
}

/** Packages of one architecture of a lock file. */
export function packageOfLock({ name, version, checksum }: LockedPackage): PackageFacts {
  return { name, version, checksum, origin: '', license: '', size: 0 }
}

function fromDatabase(text: string, path: string): ImagePackages {
  const owners = new Map<string, string>()
  const packages = parseInstalled(text, path).map(({ record, files }) => {
    for (const file of files) if (!file.directory) owners.set(file.path, record.name)
    const { name, version, origin, license, installedSize } = record
    return { name, version, origin, license, size: installedSize, checksum: checksumText(record.checksum) }
  })
  return { packages, owners }
}

function fromSboms(contents: ReadonlyMap<string, Uint8Array>): ImagePackages {
  const packages = new Map<string, PackageFacts>()
  for (const bytes of contents.values()) {
    const document = parseEmbeddedDocument(utf8Decode(bytes))
    for (const item of document?.packages ?? []) {
      if (!document!.described.has(item.SPDXID)) continue
      const { name, versionInfo: version = '' } = item
      packages.set(name, { name, version, origin: '', license: licenseOf(item), size: 0, checksum: '' })
    }
  }
  return { packages: [...packages.values()], owners: new Map() }
}

function licenseOf({
  licenseDeclared,
  licenseConcluded,
}: {
  licenseDeclared?: string | undefined
  licenseConcluded?: string | undefined
}): string {
  const known = [licenseDeclared, licenseConcluded].find(
    (text) => text !== undefined && text !== '' && text !== NOASSERTION,
  )
  return known ?? ''
}
