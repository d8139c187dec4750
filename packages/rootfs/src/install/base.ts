const FIELDS = ['P', 'V', 'A', 'L', 'T', 'o', 'm', 'U', 'D', 'p', 'r', 'c', 'i', 't', 'S', 'I', 'k', 'C'] as const
const NUMBERS = new Set<string>(['t', 'S', 'I', 'k'])

/** A package of the image that this one stands on. */
export interface BaseRecord {
  readonly name: string
  /** Its record as written again. */
  readonly text: string
}

/**
 * The base image's installed records the way apko writes them again: modes, owners and checksums of files are lost, the
 * brackets of `i:` double, and a last record without the blank line that ends it does not count.
 */
export function rewriteBaseRecords(installed: string): BaseRecord[] {
  return installed
    .split('\n\n')
    .slice(0, -1)
    .filter((record) => record.trim() !== '')
    .map(rewriteRecord)
}

/** True for a package that makes `/lib` of the base image a link: one of its files, or what `merged-lib` stands for. */
export function bringsLibLink({ text }: BaseRecord): boolean {
  return /^p:(.* )?merged-lib( |$)/m.test(text) || /^F:\n(R:.*\n)*R:lib$/m.test(text)
}

function rewriteRecord(record: string): BaseRecord {
  const lines = record.split('\n')
  const fileStart = lines.findIndex((line) => line.startsWith('F:'))
  const head = new Map(lines.slice(0, fileStart === -1 ? undefined : fileStart).map((line) => [line[0], line.slice(2)]))
  const files = fileStart === -1 ? [] : lines.slice(fileStart).filter((line) => /^[FR]:/.test(line))
  const fields = FIELDS.flatMap((field) => fieldLine(field, head.get(field)))
  return { name: head.get('P') ?? '', text: `${[...fields, ...files].join('\n')}\n\n` }
}

function fieldLine(field: string, value = ''): string[] {
  if (field === 'r' && value === '') return []
  if (field === 'i') return [`i:[${value}]`]
  return [`${field}:${value === '' && NUMBERS.has(field) ? '0' : value}`]
}
