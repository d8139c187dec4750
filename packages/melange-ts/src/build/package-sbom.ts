import type { ContentRef } from '@apkts/archive'
import { formatRfc3339, utf8 } from '@apkts/encoding'
import { formatSpdx, licenseExpression, licenseIdentifier, packageDocument, type SpdxLicensingInfo } from '@apkts/sbom'
import type { CompiledRecipe, CompiledSubpackage } from '../compile/types.ts'
import type { Copyright, Cpe } from '../recipe/types.ts'
import { type PackageTree, packageTree, treeEntry } from '../tree/index.ts'
import type { BuildOptions } from './options.ts'
import { pipelineSources } from './sources.ts'

const DIRECTORY = 'var/lib/db/sbom'

/** The tree of a package with its SBOM in it. */
export function withSbom(
  tree: PackageTree,
  recipe: CompiledRecipe,
  options: BuildOptions,
  about: { readonly subpackage?: CompiledSubpackage | undefined; readonly extracted: readonly SpdxLicensingInfo[] },
): PackageTree {
  const name = about.subpackage?.name ?? recipe.package.name
  const text = sbomText(name, recipe, options, about)
  const path = `${DIRECTORY}/${name}-${fullVersion(recipe)}.spdx.json`
  const content: ContentRef = { kind: 'bytes', bytes: utf8(text) }
  const file = treeEntry({ path, type: 'file', content })
  return packageTree([...tree.entries, file])
}

function sbomText(
  name: string,
  recipe: CompiledRecipe,
  options: BuildOptions,
  { subpackage, extracted }: { subpackage?: CompiledSubpackage | undefined; extracted: readonly SpdxLicensingInfo[] },
): string {
  const document = packageDocument({
    name,
    version: fullVersion(recipe),
    arch: recipe.arch,
    namespace: options.namespace || 'unknown',
    license: licenseExpression(
      recipe.package.copyright.map(({ license }) => license),
      { grouped: !options.likeMelange },
    ),
    copyrightText: fullCopyright(recipe.package.copyright),
    cpe: cpeText(recipe.package.cpe, recipe.package.version),
    created: formatRfc3339(options.buildDate),
    tool: options.tool,
    recipe: {
      path: options.recipe,
      commit: options.commit,
      repositoryUrl: options.repositoryUrl,
      license: options.license,
    },
    ownSources: subpackage === undefined ? [] : pipelineSources(subpackage.pipeline),
    mainSources: pipelineSources(recipe.pipeline),
    extractedLicenses: extracted,
  })
  return formatSpdx(document)
}

/** `<version>-r<epoch>` of a recipe. */
export function fullVersion({ package: { version, epoch } }: Pick<CompiledRecipe, 'package'>): string {
  return `${version}-r${epoch}`
}

function fullCopyright(entries: readonly Copyright[]): string {
  return entries
    .filter(({ attestation }) => attestation !== '')
    .map(({ attestation }) => `${attestation}\n`)
    .join('')
}

/** CPE 2.3 name of a package; empty when the recipe gives no vendor. */
export function cpeText(cpe: Cpe, version: string): string {
  if (cpe.vendor === '') return ''
  const rest = [cpe.edition, cpe.language, cpe.swEdition, cpe.targetSw, cpe.targetHw, cpe.other]
  const parts = [cpe.part || 'a', cpe.vendor, cpe.product, version, '*', ...rest.map((part) => part || '*')]
  return `cpe:2.3:${parts.join(':')}`
}

/** Licences whose text the document repeats: those with a file, and those that SPDX does not know. */
export async function extractLicenses(
  copyright: readonly Copyright[],
  readLicense: (path: string) => Promise<string>,
): Promise<SpdxLicensingInfo[]> {
  const found = new Map<string, string>()
  for (const { license, licensePath } of copyright) {
    const id = licenseIdentifier(license)
    if (licensePath !== '') found.set(id, await readLicense(licensePath))
    else if (id.startsWith('LicenseRef-')) found.set(id, `Non-SPDX License: ${license}`)
  }
  return [...found].map(([licenseId, extractedText]) => ({ licenseId, extractedText }))
}
