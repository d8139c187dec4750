/** A licence file and the licence found in it; undefined when its text is none that is known. */
export interface Detection {
  readonly path: string
  readonly license: string | undefined
}

/** What a recipe says about a licence. */
export interface Declared {
  readonly license: string
  /** File the statement is about; empty for all. */
  readonly licensePath: string
  /** Licence that may be found in the file although the recipe names another. */
  readonly detectionOverride: string
}

/** Where the licences found in the sources differ from those that a recipe names, one sentence each. */
export function licenseDifferences(detections: readonly Detection[], declared: readonly Declared[]): string[] {
  return detections.flatMap(({ path, license }) => {
    if (license === undefined) return []
    const about = declared.find(({ licensePath }) => licensePath === path)
    if (about !== undefined) {
      const agrees = sameLicense(about.license, license) || about.detectionOverride === license
      return agrees ? [] : [`${path} looks like ${license}, but the recipe says ${about.license}`]
    }
    const found = declared.some(({ license: text, licensePath }) => licensePath === '' && namesLicense(text, license))
    return found ? [] : [`${path} looks like ${license}, which the recipe does not name`]
  })
}

function namesLicense(expression: string, license: string): boolean {
  return expression.split(/ AND | OR /).some((part) => sameLicense(part.replace(/[()]/g, '').trim(), license))
}

// Texts of the GNU licences do not tell whether later versions may be used, so neither does what is found in them.
function sameLicense(declared: string, found: string): boolean {
  const plain = (id: string): string => id.replace(/ WITH .*$/, '').replace(/(?:-only|-or-later|\+)$/, '')
  return plain(declared) === plain(found)
}
