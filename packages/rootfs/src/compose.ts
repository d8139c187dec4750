import { type ImageConfig, imageConfigJson } from '@apkts/config'
import { goJson, type Instant, utf8 } from '@apkts/encoding'
import { applyAccounts } from './accounts/accounts.ts'
import { readOwnerNames } from './accounts/owner-names.ts'
import { removeOwnNames } from './bare.ts'
import { linkBusybox } from './busybox/links.ts'
import { addCertificates, writeTrustStoreChecksums } from './certificates/certificates.ts'
import { initialTree, restoreDevices, writeRuntimeRepositories } from './initial.ts'
import { installPackages } from './install/install.ts'
import type { InstalledPackage } from './install/installed.ts'
import type { InstallPackage } from './install/package.ts'
import { writeLibraryCache } from './ld-so-cache/cache.ts'
import { applyPaths } from './paths.ts'
import { writeRuntimeKeyring } from './runtime-keyring.ts'
import { writeServices } from './services.ts'
import type { Tree } from './tree/tree.ts'
import type { OwnerNames } from './tree/walk.ts'

/** Everything a root filesystem is composed of. */
export interface ComposeInput {
  /** Validated and locked. */
  readonly config: ImageConfig
  /** apk name of the architecture. */
  readonly arch: string
  /** In install order. */
  readonly packages: readonly InstallPackage[]
  /** Public keys (PEM) by file name. */
  readonly keys: ReadonlyMap<string, string>
  readonly world: readonly string[]
  readonly buildRepositories: readonly string[]
  /** What `/etc/apk/repositories` ends up with; absent, it keeps the build list, as build guests do. */
  readonly runtimeRepositories?: readonly string[] | undefined
  /** Time of the members of `scripts.tar`. */
  readonly contextDate: Instant
  /** Time of certificates, checksums and runtime keys. */
  readonly imageDate: Instant
  /** Of several names of one file the first is the file, so that every reader can unpack it; default as in apko. */
  readonly streamableLinks?: boolean | undefined
  /** Leaves libraries for other machines out of `ld.so.cache` instead of failing. */
  readonly skipForeignLibraries?: boolean | undefined
  /** Leaves out what the build itself puts into every image: apk's state, devices, empty directories. */
  readonly bare?: boolean | undefined
  /** The image this one stands on. */
  readonly base?: { readonly installed: string } | undefined
}

/** A composed root filesystem: a value to walk, split into layers, or write to disk. */
export interface Rootfs {
  readonly tree: Tree
  readonly ownerNames: OwnerNames
  /** The configuration with run-as resolved to an id. */
  readonly config: ImageConfig
  readonly arch: string
  readonly streamableLinks?: boolean | undefined
  /** What was installed, in order, without the packages of a base image. */
  readonly installed: readonly InstalledPackage[]
}

/**
 * Lays out one architecture's root filesystem: packages in order, then what the configuration adds. Package scripts and
 * triggers never run. Reads contents it needs to look into, and nothing else.
 * @throws RootfsError
 */
export async function composeRootfs(input: ComposeInput): Promise<Rootfs> {
  const { packages, imageDate, base } = input
  const tree = initialTree({ ...input, repositories: input.buildRepositories })
  const installed = installPackages(tree, { packages, contextDate: input.contextDate, base })
  const config = base === undefined ? await withAccounts(tree, input.config) : input.config
  tree.writeFile('etc/apko.json', utf8(`${goJson(imageConfigJson(config))}\n`), 0o444)
  applyPaths(tree, config.paths)
  if (config.certificates !== undefined) {
    await addCertificates(tree, { certificates: config.certificates, installed, imageDate })
  }
  await writeTrustStoreChecksums(tree, imageDate)
  writeRuntimeKeyring(tree, config.contents.runtimeKeyring, imageDate)
  writeServices(tree, config.entrypoint.services)
  await linkBusybox(tree, packages)
  restoreDevices(tree)
  await writeLibraryCache(tree, { skipForeign: input.skipForeignLibraries })
  if (input.runtimeRepositories !== undefined) writeRuntimeRepositories(tree, input.runtimeRepositories)
  if (input.bare === true) removeOwnNames(tree, { config, installed })
  const { arch, streamableLinks } = input
  return { tree, ownerNames: await readOwnerNames(tree), config, arch, streamableLinks, installed }
}

async function withAccounts(tree: Tree, config: ImageConfig): Promise<ImageConfig> {
  const runAs = await applyAccounts(tree, config.accounts)
  return { ...config, accounts: { ...config.accounts, runAs } }
}
