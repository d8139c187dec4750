import { NOASSERTION, type SpdxDocument, type SpdxLicensingInfo, type SpdxPackage } from '../spdx.ts'
import { organization, packageId } from './names.ts'
import { apkPackage, LICENSE_LIST_VERSION, operatingSystem } from './parts.ts'
import { purlReference } from './purl.ts'

/** Everything the document of a package made from a .deb comes from. */
export interface DebSbomInput {
  /** Of the apk package; the version with its release: `1.2_p1-r0`. */
  readonly name: string
  readonly version: string
  /** apk architecture. */
  readonly arch: string
  /** Who made the .deb: `debian`, `ubuntu`. */
  readonly vendor: string
  /** SPDX expression, or `NOASSERTION`. */
  readonly license: string
  /** RFC 3339. */
  readonly created: string
  readonly deb?: DebOrigin
}

/** The .deb that an apk package was made from. Versions are Debian's. */
export interface DebOrigin {
  readonly version: string
  /** Debian's name, such as `amd64` or `all`. */
  readonly arch: string
  /** SHA-256, hex. */
  readonly sha256: string
  readonly homepage: string
  readonly source: { readonly name: string; readonly version: string }
  /** The package whose copyright file counts for this one, too. */
  readonly licenseFrom?: string | undefined
}

const NAMESPACE_URL = 'https://spdx.org/spdxdocs/melange-ts/import-deb/'
/** How `licenceOf` names licences that SPDX has no identifier for. */
const DEBIAN_LICENSE = /LicenseRef-debian-([A-Za-z0-9.-]+)/g

/**
 * The SPDX 2.3 document of a package that was imported from Debian: the apk package, generated from the .deb, which was
 * generated from Debian's source package. Without `deb`, of a package that only the import made.
 */
export function debDocument(input: DebSbomInput): SpdxDocument {
  const apk = apkPackage({ ...input, namespace: input.vendor, copyrightText: '', cpe: '' })
  const origins = input.deb === undefined ? [] : [binaryPackage(input, input.deb), sourcePackage(input, input.deb)]
  return {
    name: `apk-${input.name}-${input.version}`,
    creationInfo: {
      created: input.created,
      creators: ['Tool: melange-ts import deb'],
      licenseListVersion: LICENSE_LIST_VERSION,
    },
    documentNamespace: `${NAMESPACE_URL}${input.name}-${input.version}-${input.arch}-${input.deb?.sha256 ?? 'generated'}`,
    documentDescribes: [apk.SPDXID],
    packages: [operatingSystem({ namespace: input.vendor }), apk, ...origins],
    relationships: origins.map((origin, index) => ({
      spdxElementId: (index === 0 ? apk : origins[index - 1]!).SPDXID,
      relationshipType: 'GENERATED_FROM',
      relatedSpdxElement: origin.SPDXID,
    })),
    hasExtractedLicensingInfos: debianLicenses(input.license),
  }
}

function binaryPackage({ name, vendor, license }: DebSbomInput, deb: DebOrigin): SpdxPackage {
  const { version, arch, sha256, licenseFrom } = deb
  return {
    ...common(vendor),
    SPDXID: packageId('deb', name, version, arch),
    name,
    versionInfo: version,
    licenseDeclared: license,
    sourceInfo: licenseFrom === undefined ? undefined : `its copyright file is that of the package ${licenseFrom}`,
    primaryPackagePurpose: 'INSTALL',
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs: [purlReference({ type: 'deb', namespace: vendor, name, version, qualifiers: { arch } })],
  }
}

// Scanners look up what is known about Debian's packages by the source package.
function sourcePackage({ vendor }: DebSbomInput, { source: { name, version }, homepage }: DebOrigin): SpdxPackage {
  return {
    ...common(vendor),
    SPDXID: packageId('deb', 'source', name, version),
    name,
    versionInfo: version,
    licenseDeclared: NOASSERTION,
    sourceInfo: homepage === '' ? undefined : `home page: ${homepage}`,
    primaryPackagePurpose: 'SOURCE',
    externalRefs: [purlReference({ type: 'deb', namespace: vendor, name, version, qualifiers: { arch: 'source' } })],
  }
}

function common(vendor: string) {
  return {
    filesAnalyzed: false,
    licenseConcluded: NOASSERTION,
    downloadLocation: NOASSERTION,
    originator: organization(vendor),
    supplier: organization(vendor),
  }
}

// The same text for the same name: documents of many packages become one, and each package has its text in a file.
function debianLicenses(license: string): SpdxLicensingInfo[] {
  const names = new Set([...license.matchAll(DEBIAN_LICENSE)].map(([, name = '']) => name))
  return [...names].map((name) => ({
    licenseId: `LicenseRef-debian-${name}`,
    extractedText: `What Debian's copyright files call ${name}; its text is in /usr/share/doc/PACKAGE/copyright.`,
  }))
}
