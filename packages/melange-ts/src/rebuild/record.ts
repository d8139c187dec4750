import { type PkgInfo, splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { DiagnosticError } from '@apkts/diagnostics'
import { type Instant, instant, parseRfc3339, utf8Decode } from '@apkts/encoding'
import { type PackageTree, treeFromTar } from '../tree/index.ts'

const MAX_DATA = 4 * 2 ** 30
const SBOM = /^var\/lib\/db\/sbom\/[^/]+\.spdx\.json$/

export type RebuildErrorCode = 'NO_RECORD' | 'BAD_RECORD' | 'NOT_REBUILT'

export class RebuildError extends DiagnosticError<RebuildErrorCode> {
  override readonly name = 'RebuildError'
}

/** What a package says about how it was made. */
export interface BuildRecord {
  readonly file: string
  readonly info: PkgInfo
  readonly tree: PackageTree
  /** Compiled recipe with its locked environment. */
  readonly melangeYaml: string
  readonly recipe: {
    readonly path: string
    readonly commit: string
    readonly license: string
    readonly repositoryUrl: string
  }
  readonly buildDate: Instant
  /** Program that made it, such as `melange (v0.30.0)`. */
  readonly tool: string
}

interface Document {
  readonly creationInfo?: { readonly created?: string; readonly creators?: readonly string[] }
  readonly packages?: readonly DocumentPackage[]
}

interface DocumentPackage {
  readonly name?: string
  readonly versionInfo?: string
  readonly licenseDeclared?: string
  readonly externalRefs?: readonly { readonly referenceType?: string; readonly referenceLocator?: string }[]
}

/** Reads the record in a package. @throws RebuildError `NO_RECORD` for a package without one. */
export function readRecord(bytes: Uint8Array, file: string): BuildRecord {
  const { pkgInfo: info, controlMembers, dataOffset } = splitApk(bytes, file)
  const recipe = controlMembers.find(({ header }) => header.path === '.melange.yaml')
  if (recipe === undefined) throw noRecord(file, 'it has no .melange.yaml')
  const members = parseTar(gunzipAll(bytes.subarray(dataOffset), MAX_DATA))
  const sbom = members.find(
    ({ header: { path } }) => SBOM.test(path) && path.endsWith(`/${info.name}-${info.version}.spdx.json`),
  )
  if (sbom === undefined) throw noRecord(file, 'it has no SBOM of its own')
  const document = parseDocument(utf8Decode(sbom.content), file)
  const tool = document.creationInfo?.creators?.find((creator) => creator.startsWith('Tool: '))
  return {
    file,
    info,
    tree: treeFromTar(members),
    melangeYaml: utf8Decode(recipe.content),
    recipe: recipeFacts(document, file),
    buildDate: parseRfc3339(document.creationInfo?.created ?? '') ?? instant(info.buildDate),
    tool: tool?.slice('Tool: '.length) ?? '',
  }
}

function noRecord(file: string, why: string): RebuildError {
  return new RebuildError('NO_RECORD', `${file} does not say how it was made: ${why}`, {
    hint: 'only packages made by melange or melange-ts can be built again from their own record',
  })
}

function parseDocument(text: string, file: string): Document {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === 'object' && value !== null && Array.isArray((value as Document).packages ?? [])) return value
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
  }
  throw new RebuildError('BAD_RECORD', `the SBOM in ${file} is not an SPDX document in JSON`)
}

// The recipe is the last package of the document that is named like one.
function recipeFacts({ packages = [] }: Document, file: string): BuildRecord['recipe'] {
  const found = packages.findLast(({ name }) => name?.endsWith('.yaml') === true || name?.endsWith('.yml') === true)
  const purl = found?.externalRefs?.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator
  const repositoryUrl = purl === undefined ? undefined : repositoryOf(purl)
  if (found?.name === undefined || repositoryUrl === undefined) throw noRecord(file, 'its SBOM names no recipe')
  return {
    path: found.name,
    commit: found.versionInfo ?? '',
    license: found.licenseDeclared ?? 'NOASSERTION',
    repositoryUrl,
  }
}

// `pkg:github/OWNER/NAME@COMMIT#PATH`; repositories of other hosts stand there with their whole URL, cut at its first slash.
function repositoryOf(purl: string): string | undefined {
  const path = /^pkg:github\/([^@?#]+)/.exec(purl)?.[1]
  if (path === undefined) return undefined
  const text = decodeURIComponent(path)
  return text.includes('://') ? text : `https://github.com/${text}`
}
