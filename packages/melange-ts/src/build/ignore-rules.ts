import { posix } from 'node:path'
import { messageOf } from '@apkts/diagnostics'
import { BuildError } from './error.ts'

/** Decides which files of a source directory stay out of the workspace. */
export interface IgnoreRules {
  /** `path` is relative to the source directory. */
  ignores(path: string): boolean
}

interface Rule {
  readonly pattern: RegExp
  /** False for rules that start with `!`: they bring a file back. */
  readonly ignore: boolean
}

/**
 * Rules of a `.melangeignore`: one pattern a line, of which the last that matches decides. A pattern matches the path from
 * the source directory, or the name of a file or directory anywhere; what lies in an ignored directory is ignored.
 * @throws BuildError `IGNORE_RULE` with the line of a pattern that cannot be understood.
 */
export function parseIgnoreRules(text: string, file: string): IgnoreRules {
  const rules = text
    .replace(/^\ufeff/, '')
    .split('\n')
    .map((line, at) => parseRule(line.replace(/\r$/, '').replace(/ +$/, ''), { file, line: at + 1 }))
    .filter((rule) => rule !== undefined)
  return { ignores: (path) => isIgnored(rules, ancestors(path)) }
}

function isIgnored(rules: readonly Rule[], paths: readonly string[]): boolean {
  return rules.findLast((rule) => paths.some((path) => matches(rule, path)))?.ignore === true
}

function matches({ pattern }: Rule, path: string): boolean {
  return pattern.test(`/${path}`) || pattern.test(posix.basename(path))
}

/** The path itself and every directory it lies in. */
function ancestors(path: string): string[] {
  const parts = path.split('/')
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'))
}

function parseRule(line: string, at: { file: string; line: number }): Rule | undefined {
  if (line === '' || line.startsWith('#')) return undefined
  const ignore = !line.startsWith('!')
  const path = posix.normalize(ignore ? line : line.slice(1)).replace(/(?<=.)\/$/, '')
  try {
    return { pattern: new RegExp(patternSource(path)), ignore }
  } catch (cause) {
    throw new BuildError('IGNORE_RULE', `expected a pattern, found ${JSON.stringify(line)}: ${messageOf(cause)}`, {
      at,
      cause,
    })
  }
}

function patternSource(path: string): string {
  let source = path.startsWith('/') ? '' : '/?'
  for (let i = 0; i < path.length; i++) {
    const character = path[i]!
    if (character === '*' && path[i + 1] === '*') {
      i += path[i + 2] === '/' ? 2 : 1
      source += i + 1 >= path.length ? '.*' : '(?:.*/)?'
    } else if (character === '*') source += '[^/]*'
    else if (character === '?') source += '[^/]'
    else if (character === '\\') {
      i += 1
      source += (path[i] ?? '').replace(/[\\^$.*+?()[\]{}|/]/, '\\$&')
    } else source += character === '.' || character === '$' ? `\\${character}` : character
  }
  return `^(?:${source})$`
}
