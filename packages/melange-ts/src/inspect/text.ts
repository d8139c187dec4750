import type { IndexInspection } from './index-file.ts'
import type { Inspection } from './inspect.ts'
import type { InspectedFile, PackageInspection } from './package.ts'
import type { KeyedSignature } from './signatures.ts'

/** An inspection for people, a few aligned tables. */
export function inspectionText(inspection: Inspection): string {
  const lines = inspection.kind === 'package' ? packageLines(inspection) : indexLines(inspection)
  return `${lines.join('\n')}\n`
}

function packageLines(apk: PackageInspection): string[] {
  const { metadata } = apk
  return [
    `${text(metadata.name)}-${text(metadata.version)}, apk v2 package, ${apk.size} bytes`,
    '',
    ...table(FIELDS.flatMap(([key, label]) => rowsOf(label, metadata[key]))),
    '',
    'sections',
    ...table([
      ...apk.sections.map(({ name, offset, size, digest }) => [
        `  ${name}`,
        `${size} bytes at ${offset}`,
        `${name === 'data' ? 'sha256' : 'sha1'} ${digest}`,
      ]),
      ['  checksum', apk.checksum, 'as an index lists it'],
      ['  datahash', apk.dataHashMatches ? 'matches the data section' : 'DOES NOT MATCH the data section', ''],
    ]),
    '',
    ...signatureLines(apk.signatures),
    ...scriptLines(apk),
    '',
    `files (${apk.files.length})`,
    ...table(apk.files.map(fileRow)),
  ]
}

const FIELDS = [
  ['arch', 'architecture'],
  ['description', 'description'],
  ['url', 'url'],
  ['license', 'license'],
  ['origin', 'origin'],
  ['maintainer', 'maintainer'],
  ['commit', 'commit'],
  ['buildDate', 'built'],
  ['size', 'installed'],
  ['dependencies', 'depends on'],
  ['provides', 'provides'],
  ['replaces', 'replaces'],
  ['installIf', 'install if'],
  ['triggers', 'triggers'],
] as const

function rowsOf(label: string, value: unknown): string[][] {
  if (Array.isArray(value)) return value.map((item, i) => [i === 0 ? `  ${label}` : '', text(item)])
  if (value === undefined || value === '' || (label === 'built' && value === 0)) return []
  if (label === 'built') return [[`  ${label}`, new Date(Number(value) * 1000).toISOString()]]
  return [[`  ${label}`, label === 'installed' ? `${text(value)} bytes` : text(value)]]
}

function signatureLines(signatures: readonly KeyedSignature[]): string[] {
  if (signatures.length === 0) return ['signatures: none']
  const rows = signatures.map(({ algorithm, keyName, bits }) => [`  ${keyName}`, `${algorithm}, ${bits} bits`])
  return ['signatures (named, not checked)', ...table(rows)]
}

function scriptLines({ control }: PackageInspection): string[] {
  if (control.length === 0) return []
  const rows = control.map(({ name, mode, text: body }) => [`  ${name}`, mode, `${body.split('\n').length - 1} lines`])
  return ['', 'control section', ...table(rows)]
}

const TYPE_LETTERS: Readonly<Record<string, string>> = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  hardlink: 'h',
  'character-device': 'c',
  'block-device': 'b',
  fifo: 'p',
}

function fileRow({ type, mode, owner, size, path, link, sha1 }: InspectedFile): string[] {
  const target = link === undefined ? '' : ` -> ${link}`
  return [`  ${TYPE_LETTERS[type] ?? '?'}${mode}`, owner, String(size), sha1 ?? '', shown(path + target)]
}

function indexLines(index: IndexInspection): string[] {
  const { packages } = index
  return [
    `${index.file}, index of ${packages.length} packages, ${index.size} bytes`,
    ...table([
      ['  sha256', index.sha256],
      ...(index.description === '' ? [] : [['  description', shown(index.description.trim())]]),
    ]),
    '',
    ...signatureLines(index.signatures),
    '',
    `packages (${packages.length})`,
    ...table(
      packages.map(({ name, version, arch, size, checksum, description }) =>
        [`  ${text(name)}-${text(version)}`, text(arch), text(size), text(checksum), text(description)].map(shown),
      ),
    ),
  ]
}

/** Rows with their columns aligned; the last column is free. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths: number[] = []
  for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd(),
  )
}

function text(value: unknown): string {
  return shown(String(value ?? ''))
}

/** Nothing out of a file may act on the terminal. */
function shown(value: string): string {
  return value.replace(/[\u0000-\u001f\u007f-\u009f]/g, (character) => JSON.stringify(character).slice(1, -1))
}
