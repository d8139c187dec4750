import { join } from 'node:path'
import { readContentFully } from '@apkts/archive'
import { utf8Decode } from '@apkts/encoding'
import { analyse, type Generated, NO_SCA_OPTIONS, type ScaPackage } from '../sca/index.ts'
import { baseName, type PackageTree, packageTree } from '../tree/index.ts'
import { licenceOf, NO_LICENCE } from './copyright.ts'
import { writeDataFile } from './data-file.ts'
import type { DebControlPart } from './dpkg-deb.ts'
import { maintainerFiles } from './generated.ts'
import { joinTrees, layOut } from './layout.ts'
import { resolveLink } from './paths.ts'
import { debSbom, withSbom } from './sbom.ts'
import { readFileSystem } from './unpack.ts'

/** What a .deb becomes by itself, whatever else is imported with it. */
export interface PackageFacts {
  readonly generated: Generated
  /** Needs the top-level links of the merged-/usr layout. */
  readonly moved: boolean
  /** Files left out because another package owns the alternative. */
  readonly skipped: readonly string[]
  readonly licence: string
  /** The package whose copyright file counts, when there is only a link to its directory. */
  readonly licenceFrom?: string
  readonly installedSize: number
  /** SHA-256 of the compressed data section, hex. */
  readonly dataHash: string
}

export interface ConvertOptions {
  /** Where the decompressed tar may be kept meanwhile. */
  readonly workDirectory: string
  /** Receives the compressed data section. */
  readonly dataFile: string
  readonly apkVersion: string
  readonly debSha256: string
  /** apk architecture. */
  readonly arch: string
  /** Multiarch triplet of the package's architecture. */
  readonly triplet: string
  readonly documentation: boolean
  /** Seconds since 1970. */
  readonly buildDate: number
}

/** Converts the file system of a .deb: writes the data section of the apk package and says what is in it. */
export async function convertDeb(deb: string, part: DebControlPart, options: ConvertOptions): Promise<PackageFacts> {
  const { name } = part.control
  const entries = await readFileSystem(deb, join(options.workDirectory, `${name}.tar`))
  const { tree: laidOut, moved, skipped } = layOut(entries, { name, documentation: options.documentation })
  const tree = joinTrees(laidOut, await maintainerFiles(name, laidOut, readText))
  const licence = await statedLicence(name, tree)
  const sbom = debSbom(part.control, { ...options, ...licence })
  const { dataHash, installedSize } = await writeDataFile(withSbom(tree, sbom), options.dataFile, options.buildDate)
  return {
    generated: await generatedRelations(name, tree, options),
    moved,
    skipped,
    ...licence,
    installedSize,
    dataHash,
  }
}

const COPYRIGHT_LIMIT = 4 * 1024 * 1024

async function readText(content: Parameters<typeof readContentFully>[0]): Promise<string> {
  return utf8Decode(await readContentFully(content, COPYRIGHT_LIMIT))
}

/**
 * Debian keeps libraries and pkg-config files below `usr/lib/‹triplet›`, where its linker and pkg-config look; the
 * analysis knows the plain directories, so it is shown the same files there.
 */
export function analysisView(tree: PackageTree, triplet: string): PackageTree {
  const prefix = `usr/lib/${triplet}/`
  const plain = tree.entries.map((entry) =>
    entry.path.startsWith(prefix) ? { ...entry, path: `usr/lib/${entry.path.slice(prefix.length)}` } : entry,
  )
  return packageTree(plain)
}

async function generatedRelations(name: string, tree: PackageTree, options: ConvertOptions): Promise<Generated> {
  const target: ScaPackage = {
    name,
    tree: analysisView(tree, options.triplet),
    options: NO_SCA_OPTIONS,
    runtime: [],
  }
  return analyse({ version: options.apkVersion, packages: [target] }, target)
}

async function statedLicence(name: string, tree: PackageTree): Promise<{ licence: string; licenceFrom?: string }> {
  const directory = tree.get(`usr/share/doc/${name}`)
  const file = tree.get(`usr/share/doc/${name}/copyright`)
  if (file?.type === 'file') return { licence: licenceOf(await readText(file.content)) }
  const link = directory?.type === 'symlink' ? directory : file
  const target = link === undefined ? undefined : resolveLink(link.path, link.linkname)
  if (target === undefined) return { licence: NO_LICENCE }
  return { licence: NO_LICENCE, licenceFrom: baseName(target.replace(/\/copyright$/, '')) }
}
