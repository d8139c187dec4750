import { formatPkgInfo, type PkgInfo, splitApk } from '@apkts/apk'
import { gunzipAll, parseTar } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { type OutputPackage, outputPackages, packageInfo, scaOptions } from '../build/package-plan.ts'
import { fullVersion } from '../build/package-sbom.ts'
import type { Recipe } from '../recipe/types.ts'
import { analyse } from '../sca/index.ts'
import { type PackageTree, treeFromTar } from '../tree/index.ts'

const MAX_DATA = 16 * 2 ** 30

export interface ScanOptions {
  /** apk name. */
  readonly arch: string
  readonly namespace: string
  /** Bytes of a package file, by its name; undefined when a subpackage has none and that is no error. */
  readonly readPackage: (fileName: string) => Promise<Uint8Array | undefined>
  readonly warn: (message: string) => void
}

/** `.PKGINFO` texts of a package: as it is, and as the recipe and its files would make it now. */
export interface ScannedPackage {
  readonly name: string
  readonly file: string
  readonly before: string
  readonly after: string
}

interface ReadPackage {
  readonly output: OutputPackage
  readonly file: string
  readonly tree: PackageTree
  readonly info: PkgInfo
  readonly text: string
}

/** Makes the metadata of existing packages anew from a recipe; subpackages first, as melange has it. */
export async function scanPackages(recipe: Recipe, options: ScanOptions): Promise<ScannedPackage[]> {
  const read: ReadPackage[] = []
  for (const output of outputPackages(recipe)) {
    const file = `${output.name}-${fullVersion(recipe)}.apk`
    const bytes = await options.readPackage(file)
    if (bytes !== undefined) read.push({ output, file, ...takeApart(bytes, file) })
  }
  const packages = read.map(({ output, tree }) => {
    return { name: output.name, tree, options: scaOptions(output.options), runtime: output.dependencies.runtime }
  })
  const build = { version: fullVersion(recipe), packages }
  const scanned: ScannedPackage[] = []
  for (const [at, { output, file, info, text }] of read.entries()) {
    const generated = await analyse(build, packages[at]!, options.warn)
    const { arch, namespace } = options
    const after = packageInfo(output, recipe, generated, {
      arch: info.arch || arch,
      commit: '',
      namespace,
      stripOriginName: false,
    })
    const { commit, size: installedSize, buildDate, dataHash } = info
    const made = formatPkgInfo({ ...after, commit, installedSize, buildDate, dataHash })
    scanned.push({ name: output.name, file, before: text, after: made })
  }
  return [...scanned.slice(1), ...scanned.slice(0, 1)]
}

function takeApart(bytes: Uint8Array, file: string): Pick<ReadPackage, 'tree' | 'info' | 'text'> {
  const { pkgInfo, controlMembers, dataOffset } = splitApk(bytes, file)
  const member = controlMembers.find(({ header }) => header.path === '.PKGINFO')
  return {
    tree: treeFromTar(parseTar(gunzipAll(bytes.subarray(dataOffset), MAX_DATA))),
    info: pkgInfo,
    text: member === undefined ? '' : utf8Decode(member.content),
  }
}
