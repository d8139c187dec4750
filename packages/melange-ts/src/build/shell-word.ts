const QUOTED_WHOLE = /[ \t\n]/
const SPECIAL = /[\\'"`${[|&;<>()*?!]/g

/** A word of a shell command, quoted only when it needs it. */
export function shellWord(text: string): string {
  if (text === '') return "''"
  if (QUOTED_WHOLE.test(text)) return `'${text.replaceAll("'", "'\\''")}'`
  return text.replace(SPECIAL, '\\$&').replace(/^~/, '\\~')
}
