/** A table; cells are Markdown. */
export function table(head, rows) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line), '']
}

/** Text as code. */
export function code(text) {
  return `\`${text.replaceAll('|', '\\|')}\``
}

/** Plain text of help as Markdown: flags and names of variables as code, nothing else read as markup. */
export function prose(text) {
  return text
    .split(/(?<![\w-])(--[a-z][a-z0-9-]*)/)
    .map((part, index) => (index % 2 === 1 ? `\`${part}\`` : escaped(part)))
    .join('')
}

function escaped(text) {
  return text.replace(/[<*|\\]/g, '\\$&').replace(/\$\{\{[^}]*\}\}/g, '`$&`')
}

/** As renderers of Markdown name a heading. */
export function anchor(title) {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}
