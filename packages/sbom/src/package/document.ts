import { SbomError } from '../error.ts'
import { NOASSERTION, type SpdxDocument, type SpdxPackage } from '../spdx.ts'
import { fnv1a128 } from './fnv.ts'
import { organization, packageId } from './names.ts'
import { apkPackage, LICENSE_LIST_VERSION, operatingSystem } from './parts.ts'
import { type PackageUrl, purlReference } from './purl.ts'
import { sourcePackage } from './sources.ts'
import type { PackageSbomInput } from './types.ts'

const NAMESPACE_URL = 'https://spdx.org/spdxdocs/chainguard/melange/'

/**
 * The SPDX 2.3 document that a package carries about itself: what it is, which recipe made it, from which sources.
 * @throws SbomError when the recipe or a source cannot be named by a package URL.
 */
export function packageDocument(input: PackageSbomInput): SpdxDocument {
  const apk = apkPackage(input)
  const recipe = recipePackage(input)
  const sourcesOf = (sources: PackageSbomInput['mainSources']): SpdxPackage[] =>
    sources.map((source) => sourcePackage(source, input)).filter((item) => item !== undefined)
  const origins = [...sourcesOf(input.ownSources), recipe, ...sourcesOf(input.mainSources)]
  return {
    name: `apk-${input.name}-${input.version}`,
    creationInfo: {
      created: input.created,
      creators: [`Tool: ${input.tool}`, 'Organization: Chainguard, Inc'],
      licenseListVersion: LICENSE_LIST_VERSION,
    },
    documentNamespace: `${NAMESPACE_URL}${fnv1a128(`apk-${input.namespace}-${input.version}`)}`,
    documentDescribes: [apk.SPDXID],
    packages: [operatingSystem(input), apk, ...origins],
    relationships: origins.map((origin) => ({
      spdxElementId: apk.SPDXID,
      relationshipType: origin === recipe ? 'DESCRIBED_BY' : 'GENERATED_FROM',
      relatedSpdxElement: origin.SPDXID,
    })),
    hasExtractedLicensingInfos: input.extractedLicenses,
  }
}

function recipePackage({ recipe, namespace }: PackageSbomInput): SpdxPackage {
  return {
    SPDXID: packageId('Melange', recipe.path, recipe.commit),
    name: recipe.path,
    versionInfo: recipe.commit,
    filesAnalyzed: false,
    licenseConcluded: NOASSERTION,
    licenseDeclared: recipe.license,
    downloadLocation: NOASSERTION,
    originator: organization(namespace),
    supplier: organization(namespace),
    primaryPackagePurpose: 'INSTALL',
    externalRefs: [purlReference(recipePurl(recipe))],
  }
}

function recipePurl({ path, commit, repositoryUrl }: PackageSbomInput['recipe']): PackageUrl {
  const repository = repositoryUrl.replace(/^https:\/\/github\.com\//, '')
  const slash = repository.indexOf('/')
  if (slash < 0) {
    throw new SbomError(
      'SOURCE_URL',
      `expected the URL of the repository with the recipe, such as https://github.com/owner/name, found ${repositoryUrl}`,
      { hint: 'give it with --git-repo-url' },
    )
  }
  const [namespace, name] = [repository.slice(0, slash), repository.slice(slash + 1)].map((part) => part.toLowerCase())
  return { type: 'github', namespace: namespace!, name: name!, version: commit, subpath: subpathOf(path) }
}

/** A recipe's path as a subpath: without outer slashes, and without `.` and `..` behind its start. */
function subpathOf(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '' || (part === '.' && parts.length > 0)) continue
    const last = parts.at(-1)
    if (part === '..' && last !== undefined && last !== '.' && last !== '..') parts.pop()
    else parts.push(part)
  }
  return parts.join('/')
}
