/** SPDX identifier of a package from the parts of its name (SPDX 2.3, 7.2: letters, digits, `.` and `-`). */
export function packageId(...parts: readonly string[]): string {
  return ['SPDXRef-Package', ...parts]
    .join('-')
    .replace(/[:/]/g, '-')
    .replace(/[^A-Za-z0-9.-]/gu, escapeCharacter)
}

function escapeCharacter(character: string): string {
  return `C${character.codePointAt(0)}`
}

/** `Organization: Wolfi` for the namespace `wolfi`. */
export function organization(namespace: string): string {
  return `Organization: ${titleCase(namespace)}`
}

// A word is letters, digits, `_`, `'`, and `.` or `:` between letters (Unicode word boundaries, UAX #29).
const WORD = /(?:[\p{L}\p{M}\p{Nd}_']|(?<=\p{L})[.:](?=\p{L}))+/gu

/** First letter of every word in upper case, all others in lower case. */
export function titleCase(text: string): string {
  return text.replace(WORD, (word) => {
    const first = word.search(/\p{L}/u)
    if (first < 0) return word
    const letter = String.fromCodePoint(word.codePointAt(first)!)
    return word.slice(0, first) + letter.toUpperCase() + word.slice(first + letter.length).toLowerCase()
  })
}
