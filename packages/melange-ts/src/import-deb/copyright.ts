import { type Paragraph, parseDeb822 } from './deb822.ts'
import { ImportError } from './error.ts'
import { licenceNames, toSpdx } from './spdx-names.ts'

/** What an SPDX document calls a licence that nobody stated. */
export const NO_LICENCE = 'NOASSERTION'

/**
 * SPDX expression of a Debian copyright file in the machine-readable format (DEP-5, copyright-format 1.0), as well as
 * Debian's short names allow: the licences of all `Files` paragraphs except those of `debian/*`, joined by AND in order
 * of appearance. A name without an SPDX identifier becomes `LicenseRef-debian-…`. `NOASSERTION` for a file in free text.
 */
export function licenceOf(text: string): string {
  const paragraphs = machineReadable(text)
  if (paragraphs === undefined) return NO_LICENCE
  const files = paragraphs.filter((fields) => fields.has('files') && fields.get('files')!.trim() !== 'debian/*')
  const stated = (files.length > 0 ? files : paragraphs).map(
    (fields) => fields.get('license')?.split('\n')[0]?.trim() ?? '',
  )
  const expressions = stated.filter((name) => name !== '').map(toSpdx)
  const parts = [...new Set(expressions.flatMap((one) => (one.includes(' OR ') ? [one] : one.split(' AND '))))]
  if (parts.length <= 1) return parts[0] ?? NO_LICENCE
  return parts.map((one) => (one.includes(' OR ') ? `(${one})` : one)).join(' AND ')
}

/** Licence names of a copyright file that have no SPDX identifier; for a report. */
export function unknownLicences(text: string): string[] {
  const stated = machineReadable(text)?.map((fields) => fields.get('license')?.split('\n')[0]?.trim() ?? '') ?? []
  return [...new Set(stated.flatMap(licenceNames).filter((name) => toSpdx(name).startsWith('LicenseRef-')))]
}

// Old files claim the format and break its rules; they are then read like free text.
function machineReadable(text: string): Paragraph[] | undefined {
  if (!/^Format(-Specification)?:\s*\S*(copyright-format|dep5|dep\.debian\.net)/im.test(text.slice(0, 2000)))
    return undefined
  try {
    return parseDeb822(text, 'copyright')
  } catch (error) {
    if (error instanceof ImportError) return undefined
    throw error
  }
}
