import { formatPurl, licenseExpression, NOASSERTION } from '@apkts/sbom'
import type {
  Copyright,
  Cpe,
  Dependencies,
  PackageOptions,
  RecipePackage,
  Resources,
  Scriptlets,
  SetCap,
} from '../recipe/types.ts'
import { fullVersion } from '../recipe/variables.ts'
import { badTemplate } from './lexer.ts'
import { formatValue, type GoStruct, type GoValue, goMap, goStruct } from './values.ts'

/** The package section with melange's methods on it. */
export function packageView(pkg: RecipePackage): GoStruct {
  return goStruct(
    {
      Name: pkg.name,
      Version: pkg.version,
      Epoch: pkg.epoch,
      Description: pkg.description,
      Annotations: goMap(pkg.annotations),
      URL: pkg.url,
      Commit: pkg.commit,
      TargetArchitecture: pkg.targetArchitecture,
      Copyright: pkg.copyright.map(copyrightView),
      Dependencies: dependenciesView(pkg.dependencies),
      Options: optionsView(pkg.options),
      Scriptlets: scriptletsView(pkg.scriptlets),
      Checks: goStruct({ Disabled: pkg.checks.disabled }),
      CPE: cpeView(pkg.cpe),
      SetCap: pkg.setcap.map(setcapView),
      Timeout: { kind: 'duration', nanos: pkg.timeout },
      Resources: resourcesView(pkg.resources),
      TestResources: pkg.testResources && resourcesView(pkg.testResources),
    },
    {
      FullVersion: () => fullVersion(pkg),
      LicenseExpression: () =>
        licenseExpression(
          pkg.copyright.map(({ license }) => license),
          { grouped: false },
        ),
      FullCopyright: () => fullCopyright(pkg.copyright),
      CPEString: () => cpeString(pkg),
      PackageURL: ([distro, arch]) => packageUrl(pkg, pkg.name, distro, arch),
      PackageURLForSubpackage: ([distro, arch, name]) => packageUrl(pkg, formatValue(name), distro, arch),
    },
  )
}

function fullCopyright(entries: readonly Copyright[]): string {
  const stated = entries.filter(({ attestation }) => attestation !== '')
  return stated.length === 0 ? NOASSERTION : stated.map(({ attestation }) => `${attestation}\n`).join('')
}

function cpeString({ cpe, version }: RecipePackage): string {
  if (cpe.vendor === '' || cpe.product === '') throw badTemplate('CPEString needs cpe.vendor and cpe.product')
  const tail = [cpe.edition, cpe.language, cpe.swEdition, cpe.targetSw, cpe.targetHw, cpe.other]
  const parts = [cpe.part || 'a', cpe.vendor, cpe.product, version, '*', ...tail]
  return `cpe:2.3:${parts.map((part) => part || '*').join(':')}`
}

function packageUrl(pkg: RecipePackage, name: string, distro: GoValue, arch: GoValue): string {
  if (distro === undefined || arch === undefined)
    throw badTemplate('package URLs need a distribution and an architecture')
  const namespace = formatValue(distro)
  return formatPurl({
    type: 'apk',
    namespace,
    name,
    version: fullVersion(pkg),
    qualifiers: { arch: formatValue(arch), distro: namespace === 'unknown' ? '' : namespace },
  })
}

function copyrightView(entry: Copyright): GoStruct {
  return goStruct({
    Paths: entry.paths,
    Attestation: entry.attestation,
    License: entry.license,
    LicensePath: entry.licensePath,
    DetectionOverride: entry.detectionOverride,
  })
}

export function dependenciesView(dependencies: Dependencies): GoStruct {
  return goStruct({
    Runtime: dependencies.runtime,
    Provides: dependencies.provides,
    Replaces: dependencies.replaces,
    ProviderPriority: dependencies.providerPriority,
    ReplacesPriority: dependencies.replacesPriority,
    Vendored: [],
  })
}

export function optionsView(options: PackageOptions | undefined): GoValue {
  return (
    options &&
    goStruct({
      NoProvides: options.noProvides,
      NoDepends: options.noDepends,
      NoCommands: options.noCommands,
      NoVersionedShlibDeps: options.noVersionedShlibDeps,
    })
  )
}

export function scriptletsView(scriptlets: Scriptlets | undefined): GoValue {
  return (
    scriptlets &&
    goStruct({
      Trigger: goStruct({ Script: scriptlets.trigger.script, Paths: scriptlets.trigger.paths }),
      PreInstall: scriptlets.preInstall,
      PostInstall: scriptlets.postInstall,
      PreDeinstall: scriptlets.preDeinstall,
      PostDeinstall: scriptlets.postDeinstall,
      PreUpgrade: scriptlets.preUpgrade,
      PostUpgrade: scriptlets.postUpgrade,
    })
  )
}

export function setcapView({ path, add, reason }: SetCap): GoStruct {
  return goStruct({ Path: path, Add: goMap(add), Reason: reason })
}

function cpeView(cpe: Cpe): GoStruct {
  const fields = {
    Part: cpe.part,
    Vendor: cpe.vendor,
    Product: cpe.product,
    Edition: cpe.edition,
    Language: cpe.language,
    SWEdition: cpe.swEdition,
    TargetSW: cpe.targetSw,
    TargetHW: cpe.targetHw,
    Other: cpe.other,
  }
  return goStruct(fields, { IsZero: () => Object.values(fields).every((field) => field === '') })
}

function resourcesView({ cpu, cpuModel, memory, disk }: Resources): GoStruct {
  return goStruct({ CPU: cpu, CPUModel: cpuModel, Memory: memory, Disk: disk })
}
