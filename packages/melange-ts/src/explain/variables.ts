import type { Location } from '@apkts/diagnostics'
import { compareBytes } from '@apkts/encoding'
import { own } from '../recipe/records.ts'
import { type Explained, type ExplainInput, placeText } from './types.ts'

/** Variables in byte order of their names, each with its place or rule. */
export function explainVariables(input: ExplainInput): Explained[] {
  return [...input.variables]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value]) => ({ name, value, from: originOf(name, input) }))
}

const PACKAGE_FIELDS: Readonly<Record<string, string>> = {
  'package.name': 'name',
  'package.version': 'version',
  'package.epoch': 'epoch',
}

function originOf(name: string, input: ExplainInput): string {
  const { locate } = input.parsed.decoded
  const field = PACKAGE_FIELDS[name]
  if (field !== undefined) {
    const isWritten = input.parsed.decoded.presentKeys(input.parsed.decoded.value.package).has(field)
    return isWritten ? placeText(locate(['package', field])) : 'default'
  }
  if (name === 'package.full-version') return 'package.version and package.epoch'
  if (name.startsWith('vars.')) return originOfVar(name.slice('vars.'.length), input)
  if (name.startsWith('options.')) return 'package options and --build-option'
  if (name.startsWith('targets.package.')) return outputPlace(name.slice('targets.package.'.length), input)
  return /^(build|host|cross)\./.test(name) ? '--arch' : 'built-in'
}

function originOfVar(name: string, { parsed, sources, buildOptions }: ExplainInput): string {
  const { value: raw, locate } = parsed.decoded
  const transform = raw.varTransforms.findLastIndex(({ to }) => to === name)
  if (transform >= 0) {
    const { from, match } = raw.varTransforms[transform]!
    return `${placeText(locate(['varTransforms', transform]))} (transform of ${from} by ${match})`
  }
  const option = buildOptions.findLast((chosen) => own(own(raw.options, chosen)?.vars ?? {}, name) !== undefined)
  if (option !== undefined) return `${placeText(locate(['options', option, 'vars', name]))} (option ${option})`
  if (own(raw.vars, name) === undefined || own(raw.vars, name) !== own(parsed.recipe.vars, name)) {
    return `vars file ${sources.varsFile?.file}`
  }
  return placeText(locate(['vars', name]))
}

function outputPlace(name: string, { parsed, compiled }: ExplainInput): string {
  const subpackage = compiled.subpackages.find((candidate) => candidate.name === name)
  const at: Location | undefined =
    subpackage === undefined
      ? parsed.decoded.locate(['package', 'name'])
      : parsed.decoded.locate(['subpackages', subpackage.written ?? 0, 'name'])
  return `the output ${name}, ${placeText(at)}`
}
