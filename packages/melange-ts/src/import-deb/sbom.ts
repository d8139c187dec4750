import { formatRfc3339, instant } from '@apkts/encoding'
import { type DebSbomInput, debDocument, formatSpdx } from '@apkts/sbom'
import type { PackageTree } from '../tree/index.ts'
import type { DebControl } from './control.ts'
import { generatedTree, joinTrees } from './layout.ts'

export interface DebSbomFacts {
  readonly apkVersion: string
  /** apk architecture. */
  readonly arch: string
  readonly debSha256: string
  /** Seconds since 1970. */
  readonly buildDate: number
  readonly licence: string
  /** The package whose copyright file counts, too. */
  readonly licenceFrom?: string
}

/** What the SBOM of a package says that was made from a .deb; all of it comes from the .deb and the options. */
export function debSbom(control: DebControl, facts: DebSbomFacts): DebSbomInput {
  return {
    name: control.name,
    version: facts.apkVersion,
    arch: facts.arch,
    vendor: vendorOf(control),
    license: facts.licence,
    created: formatRfc3339(instant(facts.buildDate)),
    deb: {
      version: control.versionText,
      arch: control.architecture,
      sha256: facts.debSha256,
      homepage: control.homepage,
      source: { name: control.source, version: control.sourceVersion },
      licenseFrom: facts.licenceFrom,
    },
  }
}

/** Who built a package: Ubuntu puts its own address into the maintainer field of everything it builds. */
export function vendorOf({ maintainer }: DebControl): string {
  return /[@.]ubuntu\.com>/.test(maintainer) ? 'ubuntu' : 'debian'
}

/** The tree of a package with its SBOM in it, where images look for it. */
export function withSbom(tree: PackageTree, sbom: DebSbomInput): PackageTree {
  const path = `var/lib/db/sbom/${sbom.name}-${sbom.version}.spdx.json`
  return joinTrees(tree, generatedTree({ files: { [path]: formatSpdx(debDocument(sbom)) } }))
}
