import { sortedUnique } from '@apkts/encoding'
import { findCommands } from './commands.ts'
import { findDocumentation } from './documentation.ts'
import { findKernels } from './kernel.ts'
import { findPerl, findPython, findRuby } from './languages.ts'
import { libraryDirectories } from './library-directories.ts'
import { findPkgConfig } from './pkg-config.ts'
import { findSharedObjects } from './shared-objects.ts'
import { findShebangs } from './shebangs.ts'
import type { Findings, Generated, Generator, ScaBuild, ScaOptions, ScaPackage, Subject } from './types.ts'

const GENERATORS: readonly Generator[] = [
  findSharedObjects,
  findCommands,
  findDocumentation,
  findPkgConfig,
  findPerl,
  findPython,
  findRuby,
  findShebangs,
  findKernels,
]

/**
 * What the files of one package of a build need and provide, after the package's options, before it is merged with what
 * the recipe declares. Single files that cannot be understood are passed over.
 */
export async function analyse(
  build: ScaBuild,
  target: ScaPackage,
  warn: (message: string) => void = () => {},
): Promise<Generated> {
  const relatives = build.packages.map(({ tree }) => tree)
  const subject: Subject = {
    ...target,
    version: build.version,
    relatives,
    libraryDirectories: libraryDirectories(relatives),
    versionOf: target.options.noVersionedShlibDeps ? () => undefined : (build.versionOf ?? (() => undefined)),
    warn,
  }
  const findings: Findings = { runtime: new Set(), provides: new Set(), vendored: new Set() }
  for (const generate of GENERATORS) await generate(subject, findings)
  return applyOptions(findings, target.options)
}

function applyOptions(findings: Findings, options: ScaOptions): Generated {
  const kept = (names: Set<string>, dropped: boolean): string[] => {
    if (dropped) return []
    return sortedUnique([...names].filter((name) => !options.noCommands || !name.startsWith('cmd:')))
  }
  return {
    runtime: kept(findings.runtime, options.noDepends),
    provides: kept(findings.provides, options.noProvides),
    vendored: sortedUnique(findings.vendored),
  }
}
