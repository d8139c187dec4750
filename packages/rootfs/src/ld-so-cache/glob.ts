import { compareBytes } from '@apkts/encoding'
import type { Tree } from '../tree/tree.ts'

/** Paths of the tree that match a shell pattern (`*`, `?`, `[…]` inside one component), sorted, without leading `/`. */
export function globTree(tree: Tree, pattern: string): string[] {
  const components = pattern.split('/').filter((component) => component !== '')
  let matches = ['']
  for (const component of components) {
    matches = matches.flatMap((path) => matchChildren(tree, path, component))
  }
  return matches.sort(compareBytes)
}

function matchChildren(tree: Tree, path: string, component: string): string[] {
  const directory = tree.lookup(path)
  if (directory?.kind !== 'directory') return []
  const prefix = path === '' ? '' : `${path}/`
  const matcher = componentMatcher(component)
  return [...directory.children.keys()].filter((name) => matcher(name)).map((name) => prefix + name)
}

/** A matcher of one component. Works without backtracking beyond the last `*`, so no pattern is slow. */
function componentMatcher(pattern: string): (name: string) => boolean {
  if (!/[*?[\\]/.test(pattern)) return (name) => name === pattern
  const tokens = pattern.match(/\*|\?|\[\^?\]?[^\]]*\]|\\.|[^\\]/gsu)?.map(tokenMatcher) ?? []
  return (name) => matchTokens(tokens, [...name])
}

type Token = '*' | ((character: string) => boolean)

function tokenMatcher(token: string): Token {
  if (token === '*') return '*'
  if (token === '?') return () => true
  if (token.startsWith('[') && token.length > 2) return classMatcher(token.slice(1, -1))
  const literal = token.startsWith('\\') ? token.slice(1) : token
  return (character) => character === literal
}

function classMatcher(body: string): (character: string) => boolean {
  const negated = body.startsWith('^')
  const ranges = [...(negated ? body.slice(1) : body).matchAll(/(.)(?:-(.))?/gsu)]
  return (character) =>
    ranges.some(([, low, high]) => compareBytes(low!, character) <= 0 && compareBytes(character, high ?? low!) <= 0) !==
    negated
}

function matchTokens(tokens: readonly Token[], characters: readonly string[]): boolean {
  let [t, c, starToken, starCharacter] = [0, 0, -1, 0]
  while (c < characters.length) {
    const token = tokens[t]
    if (token === '*') {
      ;[starToken, starCharacter] = [t++, c]
    } else if (token?.(characters[c]!)) {
      t++
      c++
    } else if (starToken >= 0) {
      t = starToken + 1
      c = ++starCharacter
    } else {
      return false
    }
  }
  return tokens.slice(t).every((token) => token === '*')
}
