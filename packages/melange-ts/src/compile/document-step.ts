import type { JsonValue } from '@apkts/encoding'
import { type Form, list, map, text } from './form.ts'
import type { CompiledStep } from './types.ts'

/** A step. Its needs are shown when it is nested or switched off: those of the others are in the environment. */
export function step(given: CompiledStep, form: Form, depth: number): JsonValue {
  return {
    if: text(given.if),
    name: text(given.name),
    uses: text(given.uses),
    with: map(given.with),
    runs: text(given.runs),
    pipeline: list(given.pipeline.map((child) => step(child, form, depth + 1))),
    needs: depth === 0 && given.enabled ? undefined : needs(given.needs, form),
    label: text(given.label),
    assertions: given.assertions && { 'required-steps': given.assertions.requiredSteps || undefined },
    'working-directory': text(given.workingDirectory),
    environment: map(given.environment),
  }
}

// JSON shows the name of the Go field.
function needs(given: CompiledStep['needs'], form: Form): JsonValue | undefined {
  if (given === undefined) return undefined
  return form === 'json' ? { Packages: list(given.packages) ?? null } : { packages: given.packages }
}
