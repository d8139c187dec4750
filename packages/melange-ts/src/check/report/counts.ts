import type { CheckedFile, Level } from '../finding.ts'

/** How many findings of that level there are. */
export function count(files: readonly CheckedFile[], level: Level): number {
  return files.reduce((sum, { findings }) => sum + findings.filter((finding) => finding.level === level).length, 0)
}

/** `1200 recipes: 2 errors, 1 warning` */
export function summary(files: readonly CheckedFile[]): string {
  const parts = [plural(count(files, 'error'), 'error'), plural(count(files, 'warning'), 'warning')]
  const found = parts.filter((part) => !part.startsWith('0 ')).join(', ')
  return `${plural(files.length, 'recipe')}: ${found === '' ? 'nothing wrong' : found}`
}

function plural(number: number, word: string): string {
  return `${number} ${word}${number === 1 ? '' : 's'}`
}
