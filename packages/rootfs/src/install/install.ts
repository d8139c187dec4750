import {
  checksumText,
  formatInstalledRecord,
  formatScripts,
  formatTriggers,
  isScript,
  joinInstalledRecord,
  type ScriptSource,
} from '@apkts/apk'
import { encodeTarHeader, type TarMember } from '@apkts/archive'
import { type Instant, utf8 } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import { DATABASE, INSTALLED } from '../initial.ts'
import { cleanPath } from '../tree/path.ts'
import type { Tree } from '../tree/tree.ts'
import { rewriteBaseRecords } from './base.ts'
import { type FileOwners, installEntries } from './entries.ts'
import type { InstalledPackage } from './installed.ts'
import { linkLibApk } from './lib-apk.ts'
import type { InstallPackage } from './package.ts'

export interface InstallInput {
  readonly packages: readonly InstallPackage[]
  readonly contextDate: Instant
  readonly base?: { readonly installed: string } | undefined
}

/**
 * Installs packages one after the other and writes apk's databases. Packages the base image already has are passed over.
 * @throws RootfsError for a package that cannot be laid out beside the others
 */
export function installPackages(tree: Tree, { packages, contextDate, base }: InstallInput): InstalledPackage[] {
  const baseRecords = rewriteBaseRecords(base?.installed ?? '')
  const present = new Set(baseRecords.map(({ name }) => name))
  const owners: FileOwners = new Map()
  const laidOut = packages
    .filter(({ pkgInfo }) => !present.has(pkgInfo.name))
    .map((pkg) => ({ package: pkg, entries: installEntries(tree, pkg, owners) }))
  const installed = laidOut.map(({ package: pkg, entries }) => ({
    package: pkg,
    files: entries.filter(({ path }) => (owners.get(cleanPath(path)) ?? pkg.pkgInfo.name) === pkg.pkgInfo.name),
  }))
  const records = [...baseRecords.map(({ text }) => text), ...installed.map(installedRecord)]
  tree.writeFile(INSTALLED, utf8(records.join('')), 0o644)
  writeScripts(tree, installed, contextDate)
  linkLibApk(
    tree,
    installed.map((item) => item.package),
    baseRecords,
  )
  return installed
}

/** The package's record in the installed database. */
export function installedRecord({ package: pkg, files }: InstalledPackage): string {
  const { installedLines = '', entries } = pkg
  if (installedLines === '' || files.length < entries.length) return formatInstalledRecord(pkg, files)
  return joinInstalledRecord(pkg, installedLines)
}

function writeScripts(tree: Tree, installed: readonly InstalledPackage[], { seconds }: Instant): void {
  const sources = installed.map((item) => scriptSource(item.package))
  for (const source of sources) checkScriptNames(source, seconds)
  tree.writeFile(`${DATABASE}/scripts.tar`, formatScripts(sources, seconds), 0o644)
  tree.writeFile(`${DATABASE}/triggers`, utf8(formatTriggers(sources)), 0o644)
}

function scriptSource({ pkgInfo, controlSha1, controlMembers }: InstallPackage): ScriptSource {
  const { name, version, triggers } = pkgInfo
  return { name, version, triggers, controlSha1, controlMembers }
}

// apk itself reads scripts.tar, so an entry that was plain ustar in the package has to stay so.
function checkScriptNames({ name, version, controlSha1, controlMembers }: ScriptSource, mtime: number): void {
  for (const { header } of controlMembers.filter(isPlainScript)) {
    const path = `${name}-${version}.${checksumText(controlSha1)}${header.path}`
    if (encodeTarHeader({ ...header, path, mtime }).length > encodeTarHeader(header).length) {
      throw new RootfsError(
        'SCRIPT_UNSTORABLE',
        `script ${header.path} of package ${name} cannot be stored in scripts.tar under the name ${path}, time ${mtime}`,
        { hint: 'A ustar entry has room for 100 characters and times from 1970 on.' },
      )
    }
  }
}

function isPlainScript(member: TarMember): boolean {
  return member.header.format === 'ustar' && isScript(member)
}
