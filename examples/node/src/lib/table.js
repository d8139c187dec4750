/** Rows of texts as lines in which columns stand one below the other. */
export function table(rows) {
  const widths = rows.reduce((so, row) => row.map((cell, i) => Math.max(so[i] ?? 0, cell.length)), [])
  return rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i]))
      .join('  ')
      .trimEnd(),
  )
}
