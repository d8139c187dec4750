import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * What a declaration file exports, with what it re-exports from others: `{ name, kind, comment, text }` in the order of the
 * file, or `{ name, kind, from }` of what another package documents. It reads what tsc writes, whose form is regular: one statement a line or a block that ends in column 1.
 */
export function exportsOf(file) {
  return statements(readFileSync(file, 'utf8')).flatMap((statement) => {
    const list = /^export (?:type )?\{(.*)\} from '(.*)';$/s.exec(statement.text)
    if (list !== null) return reExports(list[1], list[2], file)
    return declarationOf(statement)
  })
}

/** Statements, which begin in column 1 with a word, each with the comment above it. */
function statements(text) {
  const found = []
  let comment = ''
  for (const part of text.split(/^(?=\/\*\*|[a-z])/m)) {
    if (part.startsWith('/**')) comment = commentText(part.trim().slice('/**'.length, -'*/'.length))
    else {
      found.push({ comment, text: part.replace(/\n\/\/#.*\s*$/, '').trim() })
      comment = ''
    }
  }
  return found
}

const DECLARATION = /^export (?:declare )?(?:abstract )?(function|const|class|interface|type) (\w+)/

function declarationOf({ comment, text }) {
  const match = DECLARATION.exec(text)
  return match === null
    ? []
    : [{ name: match[2], kind: match[1], comment, text: text.replace(/^export (declare )?/, '') }]
}

function reExports(names, specifier, file) {
  const foreign = !specifier.startsWith('.')
  const target = foreign ? specifier : targetOf(file, specifier)
  const there = foreign ? undefined : exportsOf(target)
  return names
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter((name) => name !== '')
    .flatMap((name) => {
      const [original, renamed = original] = name.split(' as ')
      if (there === undefined) return [{ name: renamed, kind: 'of another package', from: specifier }]
      const found = there.filter((one) => one.name === original)
      if (found.length === 0) throw new Error(`${target} declares no ${original}`)
      return found.map((one) => ({ ...one, name: renamed }))
    })
}

function targetOf(file, specifier) {
  const path = join(dirname(file), specifier.replace(/\.ts$/, '.d.ts'))
  if (!existsSync(path)) throw new Error(`${file} names ${specifier}, which is not there`)
  return path
}

function commentText(text) {
  return text
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, '').trimEnd())
    .join('\n')
    .trim()
}
