import type { ParsedRecipe } from '../recipe/parse.ts'
import type { StringMap } from '../recipe/types.ts'
import { readReference } from '../substitute/strict.ts'
import type { Finding } from './finding.ts'

type Path = readonly (string | number)[]
type Visit = (text: string, path: Path) => void

/** Variables in places where only load-time ones without blanks are replaced: they stay in the text as they are. */
export function literalVariables({ recipe, decoded }: ParsedRecipe): Finding[] {
  const findings = new Map<string, Finding>()
  const visit: Visit = (text, path) => {
    for (const name of referencesIn(text)) {
      const at = decoded.locate(path) ?? { file: recipe.file }
      const message = `${path.filter((part) => typeof part === 'string').join('.')}: the variable "${name}" is not replaced here`
      findings.set(`${message} ${at.line}`, {
        level: 'warning',
        code: 'LITERAL_VARIABLE',
        message,
        at,
        notes: [],
        hint: 'package.*, vars.* and the results of transforms are, written without blanks and not in other vars',
      })
    }
  }
  visitPlaces(recipe, visit)
  return [...findings.values()]
}

function visitPlaces(recipe: ParsedRecipe['recipe'], visit: Visit): void {
  const { package: pkg, environment } = recipe
  visit(pkg.description, ['package', 'description'])
  visit(pkg.url, ['package', 'url'])
  visitMap(pkg.annotations, ['package', 'annotations'], visit)
  pkg.copyright.forEach(({ license, licensePath }, index) => {
    visit(license, ['package', 'copyright', index, 'license'])
    visit(licensePath, ['package', 'copyright', index, 'licensePath'])
  })
  visitMap(environment.environment, ['environment', 'environment'], visit)
  for (const { written = 0, description, url, annotations } of recipe.subpackages) {
    const path = ['subpackages', written]
    visit(description, [...path, 'description'])
    visit(url, [...path, 'url'])
    visitMap(annotations, [...path, 'annotations'], visit)
  }
}

function visitMap(map: StringMap, path: Path, visit: Visit): void {
  for (const [name, value] of Object.entries(map)) visit(value, [...path, name])
}

function referencesIn(text: string): string[] {
  const names: string[] = []
  for (let at = text.indexOf('${{'); at >= 0; at = text.indexOf('${{', at + 1)) {
    const reference = readReference(text, at)
    if (reference.kind === 'name') names.push(reference.name)
  }
  return names
}
