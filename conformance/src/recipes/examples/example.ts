import type { Json } from '../json-difference.ts'

/** A recipe and what the original makes of it. */
export interface Example {
  readonly name: string
  readonly recipe: string
  readonly arch?: string
  readonly buildOptions?: readonly string[]
  readonly varsFile?: string
  readonly envFiles?: readonly string[]
  /** Pipeline definitions by name. */
  readonly definitions?: Readonly<Record<string, string>>
  /** Values of the printed recipe by path (`/package/epoch`); undefined for what must be absent. */
  readonly prints?: Readonly<Record<string, Json | undefined>>
  /** Words that the errors must mention, one error each; the recipe fails. */
  readonly fails?: readonly RegExp[]
}

/** A package section with the least that a recipe needs. */
export const P = 'package: {name: a, version: "1", epoch: 0}\n'

/** An example that prints these values. */
export function prints(
  name: string,
  recipe: string,
  values: Example['prints'] & object,
  more: Partial<Example> = {},
): Example {
  return { name, recipe, prints: values, ...more }
}

/** An example that fails with these errors. */
export function fails(name: string, recipe: string, errors: readonly RegExp[], more: Partial<Example> = {}): Example {
  return { name, recipe, fails: errors, ...more }
}

/** The script of the first step of a recipe with these sections. */
export function script(
  name: string,
  sections: string,
  runs: string,
  expected: string,
  more: Partial<Example> = {},
): Example {
  const recipe = `${P}${sections}pipeline:\n  - runs: ${JSON.stringify(runs)}\n`
  return prints(name, recipe, { '/pipeline/0/runs': expected }, more)
}
