import { ImportError } from './error.ts'

/** Fields of one paragraph by lower-case name; continuation lines keep their line ends and lose one leading blank. */
export type Paragraph = ReadonlyMap<string, string>

/**
 * Parses the format of Debian control files, deb822(5): paragraphs of `Name: value` fields separated by empty lines.
 * A repeated field, a line that is neither field nor continuation, or a stray continuation is an error.
 * @throws ImportError `DEB_CONTROL_INVALID` with the line
 */
export function parseDeb822(text: string, file: string): Paragraph[] {
  const paragraphs: Paragraph[] = []
  let fields = new Map<string, string>()
  let name: string | undefined
  text.split('\n').forEach((raw, index) => {
    const line = raw.replace(/\r$/, '')
    if (line.startsWith('#')) return
    if (line.trim() === '') {
      if (fields.size > 0) paragraphs.push(fields)
      fields = new Map()
      name = undefined
    } else if (line.startsWith(' ') || line.startsWith('\t')) {
      if (name === undefined) throw invalid('a field name, found a continuation line', file, index)
      fields.set(name, `${fields.get(name)}\n${line.slice(1)}`)
    } else name = addField(fields, line, file, index)
  })
  if (fields.size > 0) paragraphs.push(fields)
  return paragraphs
}

function addField(fields: Map<string, string>, line: string, file: string, index: number): string {
  const match = /^([!-9;-~]+):[ \t]*(.*)$/.exec(line)
  if (match === null) throw invalid(`"Name: value", found "${line.slice(0, 60)}"`, file, index)
  const name = match[1]!.toLowerCase()
  if (fields.has(name)) throw invalid(`field ${match[1]} once per paragraph, found it again`, file, index)
  fields.set(name, match[2]!.trimEnd())
  return name
}

function invalid(message: string, file: string, index: number): ImportError {
  return new ImportError('DEB_CONTROL_INVALID', `expected ${message}`, { at: { file, line: index + 1 } })
}
