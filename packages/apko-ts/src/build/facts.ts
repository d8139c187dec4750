import { readContentFully } from '@apkts/archive'
import { toApkArch } from '@apkts/config'
import { type Instant, utf8Decode } from '@apkts/encoding'
import { type InstallPackage, type Rootfs, readTextAt } from '@apkts/rootfs'
import { embeddedDocumentPaths } from '@apkts/sbom'
import type { Session } from '../environment/session.ts'
import type { ComposedArch } from './compose.ts'

/** What is told of one architecture's image besides its layers; plain values that survive JSON. */
export interface ImageFacts {
  readonly created: Instant
  /** User ID that `run-as` means. */
  readonly user: string
  readonly osRelease: string | undefined
  /** In installation order, without those of a base image. */
  readonly packages: readonly PackageDocument[]
  /** Files most programs expect that are not there. */
  readonly missing: readonly string[]
}

export interface PackageDocument {
  readonly name: string
  /** SPDX text that the package brought. */
  readonly document: string | undefined
}

const EXPECTED_FILES = ['/etc/passwd', '/etc/group', '/etc/os-release']

/** Largest SPDX document of a package that is read into memory. */
const MAX_DOCUMENT = 64 << 20

/** Gathers the facts of a composed root filesystem. */
export async function gatherFacts({ plan, rootfs, created }: ComposedArch): Promise<ImageFacts> {
  const { tree, config, installed } = rootfs
  const packages = installed.map(async ({ package: pkg }) => ({
    name: pkg.pkgInfo.name,
    document: await (plan.bare === true ? ownDocument(pkg) : embeddedDocument(rootfs, pkg.pkgInfo)),
  }))
  return {
    created,
    user: config.accounts.runAs,
    osRelease: await readTextAt(tree, 'etc/os-release'),
    packages: await Promise.all(packages),
    missing: plan.bare === true ? [] : missingFiles(rootfs),
  }
}

/** Files most programs expect that a root filesystem lacks; as in apko, those of a base image are not looked at. */
export function missingFiles({ tree }: Rootfs): string[] {
  return EXPECTED_FILES.filter((path) => tree.lookup(path) === undefined)
}

/** Warns of files that most programs expect in an image. */
export function warnOfMissing(missing: readonly string[], arch: string, session: Session): void {
  const log = session.log.child({ arch: toApkArch(arch) })
  for (const path of missing) log.warn(`${path} is missing`)
}

async function embeddedDocument(
  { tree }: Rootfs,
  { name, version }: { readonly name: string; readonly version: string },
): Promise<string | undefined> {
  for (const path of embeddedDocumentPaths(name, version)) {
    const text = await readTextAt(tree, path)
    if (text !== undefined) return text
  }
  return undefined
}

/** As the package brought it, for images that leave it out. @throws ArchiveError `SIZE_LIMIT` */
async function ownDocument({ pkgInfo, entries }: InstallPackage): Promise<string | undefined> {
  const paths = embeddedDocumentPaths(pkgInfo.name, pkgInfo.version)
  const found = paths.map((path) => entries.find(({ header }) => `/${header.path}` === path)).find((entry) => entry)
  return found && utf8Decode(await readContentFully(found.content, MAX_DOCUMENT))
}
