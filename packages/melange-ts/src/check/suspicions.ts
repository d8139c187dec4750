import { ALL_ARCHS, toApkArch } from '@apkts/config'
import { didYouMean } from '@apkts/diagnostics'
import type { CompiledRecipe, CompiledStep } from '../compile/types.ts'
import type { ParsedRecipe } from '../recipe/parse.ts'
import type { Step } from '../recipe/types.ts'
import type { Finding } from './finding.ts'
import { literalVariables } from './literal-variables.ts'

export interface Evidence {
  /** The recipe's text. */
  readonly text: string
  readonly compiled: readonly CompiledRecipe[]
  /** Variables that were asked for when compiling. */
  readonly used: ReadonlySet<string>
}

/** What compiles, but hardly does what its author meant. */
export function suspicions(parsed: ParsedRecipe, evidence: Evidence): Finding[] {
  return [
    ...unusedVariables(parsed, evidence),
    ...ranges(parsed),
    ...architectures(parsed),
    ...literalVariables(parsed),
    ...ownPipelines(parsed),
    ...evidence.compiled.slice(0, 1).flatMap(alwaysFalse),
  ]
}

/** A warning at a place of the recipe as written. */
export function warning(
  { decoded }: ParsedRecipe,
  code: string,
  path: readonly (string | number)[],
  message: string,
  hint?: string,
): Finding {
  const at = decoded.locate(path) ?? { file: decoded.source.file }
  return { level: 'warning', code, message, at, notes: [], ...(hint !== undefined && { hint }) }
}

// Definitions may read the recipe's variables, so nothing is said as long as the recipe does not compile.
function unusedVariables(parsed: ParsedRecipe, { text, used, compiled }: Evidence): Finding[] {
  if (compiled.length === 0) return []
  const isUsed = (name: string): boolean => used.has(`vars.${name}`) || mentions(text, name)
  const { vars, varTransforms, options } = parsed.decoded.value
  const declared = new Set(Object.values(options).flatMap((option) => Object.keys(option.vars)))
  return [
    ...Object.keys(vars)
      .filter((name) => !isUsed(name) && !declared.has(name))
      .map((name) => warning(parsed, 'UNUSED_VAR', ['vars', name], `nothing uses the var "${name}"`)),
    ...varTransforms.flatMap(({ to }, index) =>
      isUsed(to)
        ? []
        : [
            warning(
              parsed,
              'UNUSED_VAR',
              ['varTransforms', index],
              `nothing uses the result of the transform to "${to}"`,
            ),
          ],
    ),
  ]
}

function mentions(text: string, name: string): boolean {
  for (let at = text.indexOf(`vars.${name}`); at >= 0; at = text.indexOf(`vars.${name}`, at + 1)) {
    if (!/[A-Za-z0-9._-]/.test(text[at + 5 + name.length] ?? '')) return true
  }
  return false
}

function ranges(parsed: ParsedRecipe): Finding[] {
  const { data, subpackages } = parsed.decoded.value
  const lastOf = new Map(data.map(({ name }, index) => [name, index]))
  return data.flatMap(({ name }, index) => {
    if (lastOf.get(name) !== index) {
      return [
        warning(parsed, 'DUPLICATE_RANGE', ['data', index], `another data entry "${name}" below replaces this one`),
      ]
    }
    if (subpackages.some(({ range }) => range === name)) return []
    return [warning(parsed, 'UNUSED_RANGE', ['data', index], `no subpackage has the range "${name}"`)]
  })
}

function architectures(parsed: ParsedRecipe): Finding[] {
  const names = parsed.recipe.package.targetArchitecture
  const known = ALL_ARCHS.map(toApkArch)
  return names.flatMap((name, index) => {
    if (known.includes(name) || (name === 'all' && names.length === 1)) return []
    const path = ['package', 'targetArchitecture', index]
    const apkName = toApkArch(name)
    if (name === 'all') return [warning(parsed, 'ARCHITECTURE', path, '"all" counts only when it stands alone')]
    const hint = apkName === name ? didYouMean(name, known) : `write ${apkName}`
    return [warning(parsed, 'ARCHITECTURE', path, `"${name}" is no apk architecture: it never matches`, hint)]
  })
}

function ownPipelines(parsed: ParsedRecipe): Finding[] {
  const visit = (steps: readonly Step[]): Finding[] =>
    steps.flatMap((step) => [
      ...(step.uses !== '' && step.pipeline.length > 0 ? [found(step)] : []),
      ...visit(step.pipeline),
    ])
  const found = (step: Step): Finding => ({
    level: 'warning',
    code: 'STEP_KEYS',
    message: `the step has a pipeline of its own, so the definition of "${step.uses}" is not loaded`,
    at: step.at ?? { file: parsed.recipe.file },
    notes: [],
  })
  return [parsed.recipe.pipeline, ...parsed.recipe.subpackages.map(({ pipeline }) => pipeline)].flatMap(visit)
}

const QUOTED_TWICE = /'"(?:[^'"\\]|\\.)*"'|"\\"(?:[^"\\]|\\\\.)*\\""/

// `'${{build.arch}}'` is replaced by a quoted text within quotes.
function alwaysFalse(compiled: CompiledRecipe): Finding[] {
  const visit = (steps: readonly CompiledStep[]): Finding[] =>
    steps.flatMap((step) => [...(QUOTED_TWICE.test(step.if) ? [found(step)] : []), ...visit(step.pipeline)])
  const found = (step: CompiledStep): Finding => ({
    level: 'warning',
    code: 'QUOTED_TWICE',
    message: `the condition compares a text with quotes in it: ${step.if}`,
    at: step.at ?? { file: compiled.file },
    notes: [],
    hint: "variables that are known only when compiling bring their quotes along: write ${{build.arch}} == 'x86_64'",
  })
  const tests = [compiled.test, ...compiled.subpackages.map(({ test }) => test)]
  return [compiled, ...compiled.subpackages, ...tests].flatMap((owner) =>
    owner === undefined ? [] : visit(owner.pipeline),
  )
}
