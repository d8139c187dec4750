import { P } from '../helpers.ts'

/** What is wrong, the recipe, and the one problem that it must give: code, line, a word of the message. */
export type BadRecipe = readonly [title: string, recipe: string, code: string, line: number | undefined, word: string]

/** A recipe whose second line on is `rest`. */
export function recipe(rest: string): string {
  return `${P}${rest}`
}

/** A recipe with `members` in its package section, on its only line. */
export function inPackage(members: string): string {
  return `package: {name: a, version: "1", epoch: 0, ${members}}`
}

/** A recipe whose only step is on line 3. */
export function step(members: string): string {
  return `${P}pipeline:\n  - {${members}}\n`
}
