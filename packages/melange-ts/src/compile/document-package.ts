import type { JsonValue } from '@apkts/encoding'
import type {
  Capabilities,
  Checks,
  Copyright,
  Cpe,
  Dependencies,
  PackageOptions,
  Resources,
  Scriptlets,
  SetCap,
} from '../recipe/types.ts'
import { type Form, flag, list, type Members, map, section, text } from './form.ts'

export function copyright(entry: Copyright): JsonValue {
  return {
    paths: list(entry.paths),
    attestation: text(entry.attestation),
    license: entry.license,
    'license-path': text(entry.licensePath),
    'detection-override': text(entry.detectionOverride),
  }
}

export function dependencies(given: Dependencies, form: Form): Members | undefined {
  return section(
    {
      runtime: list(given.runtime),
      provides: list(given.provides),
      replaces: list(given.replaces),
      'provider-priority': text(given.providerPriority),
      'replaces-priority': text(given.replacesPriority),
    },
    form,
  )
}

export function packageOptions(options: PackageOptions | undefined): Members | undefined {
  return (
    options && {
      'no-provides': flag(options.noProvides),
      'no-depends': flag(options.noDepends),
      'no-commands': flag(options.noCommands),
      'no-versioned-shlib-deps': flag(options.noVersionedShlibDeps),
    }
  )
}

export function scriptlets(given: Scriptlets | undefined, form: Form): Members | undefined {
  if (given === undefined) return undefined
  return {
    trigger: trigger(given.trigger, form),
    'pre-install': text(given.preInstall),
    'post-install': text(given.postInstall),
    'pre-deinstall': text(given.preDeinstall),
    'post-deinstall': text(given.postDeinstall),
    'pre-upgrade': text(given.preUpgrade),
    'post-upgrade': text(given.postUpgrade),
  }
}

function trigger({ script, paths }: Scriptlets['trigger'], form: Form): Members | undefined {
  if (form === 'json') return { script: text(script), paths: list(paths) }
  return script === '' && paths.length === 0 ? undefined : { script, paths }
}

export function checks(given: Checks, form: Form): Members | undefined {
  return section({ disabled: list(given.disabled) }, form)
}

export function capabilities(given: Capabilities, form: Form): Members | undefined {
  return section({ add: list(given.add), drop: list(given.drop) }, form)
}

export function cpe(given: Cpe, form: Form): Members | undefined {
  return section(
    {
      part: text(given.part),
      vendor: text(given.vendor),
      product: text(given.product),
      edition: text(given.edition),
      language: text(given.language),
      sw_edition: text(given.swEdition),
      target_sw: text(given.targetSw),
      target_hw: text(given.targetHw),
      other: text(given.other),
    },
    form,
  )
}

export function setcap(entry: SetCap): JsonValue {
  return { path: text(entry.path), add: map(entry.add), reason: text(entry.reason) }
}

export function resources(given: Resources): JsonValue {
  return {
    cpu: text(given.cpu),
    cpumodel: text(given.cpuModel),
    memory: text(given.memory),
    disk: text(given.disk),
  }
}
