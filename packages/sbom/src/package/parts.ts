import { NOASSERTION, type SpdxPackage } from '../spdx.ts'
import { organization, packageId } from './names.ts'
import { purlReference } from './purl.ts'
import type { PackageSbomInput } from './types.ts'

/** Edition of the SPDX licence list that documents of packages name. */
export const LICENSE_LIST_VERSION = '3.22'

/** The distribution that a package belongs to. */
export function operatingSystem({ namespace }: Pick<PackageSbomInput, 'namespace'>): SpdxPackage {
  return {
    SPDXID: 'SPDXRef-OperatingSystem',
    name: namespace,
    filesAnalyzed: false,
    licenseConcluded: NOASSERTION,
    licenseDeclared: NOASSERTION,
    description: 'Operating System',
    downloadLocation: NOASSERTION,
    originator: organization(namespace),
    supplier: organization(namespace),
    primaryPackagePurpose: 'OPERATING-SYSTEM',
  }
}

/** The apk package that a document is about. */
export function apkPackage(
  input: Pick<PackageSbomInput, 'namespace' | 'name' | 'version' | 'arch' | 'license' | 'copyrightText' | 'cpe'>,
): SpdxPackage {
  const { namespace, name, version, arch } = input
  const distro = namespace === 'unknown' ? '' : namespace
  const purl = purlReference({ type: 'apk', namespace, name, version, qualifiers: { arch, distro } })
  const cpe = { referenceCategory: 'SECURITY', referenceLocator: input.cpe, referenceType: 'cpe23Type' }
  return {
    SPDXID: packageId('apk', name, version),
    name,
    versionInfo: version,
    filesAnalyzed: false,
    licenseConcluded: NOASSERTION,
    licenseDeclared: input.license || NOASSERTION,
    downloadLocation: NOASSERTION,
    originator: organization(namespace),
    supplier: organization(namespace),
    copyrightText: input.copyrightText || NOASSERTION,
    primaryPackagePurpose: 'APPLICATION',
    externalRefs: [purl, ...(input.cpe === '' ? [] : [cpe])],
  }
}
