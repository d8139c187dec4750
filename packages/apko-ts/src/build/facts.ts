import { toApkArch } from '@apkts/config'
import type { Instant } from '@apkts/encoding'
import { type Rootfs, readTextAt } from '@apkts/rootfs'
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

/** Gathers the facts of a composed root filesystem. */
export async function gatherFacts({ rootfs, created }: ComposedArch): Promise<ImageFacts> {
  const { tree, config, installed } = rootfs
  const packages = installed.map(async ({ package: { pkgInfo } }) => ({
    name: pkgInfo.name,
    document: await embeddedDocument(rootfs, pkgInfo),
  }))
  return {
    created,
    user: config.accounts.runAs,
    osRelease: await readTextAt(tree, 'etc/os-release'),
    packages: await Promise.all(packages),
    missing: missingFiles(rootfs),
  }
}

/** Files most programs expect that a root filesystem lacks. */
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
