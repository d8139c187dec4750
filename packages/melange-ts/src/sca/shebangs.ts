import { utf8Decode } from '@apkts/encoding'
import { baseName, readStart } from '../tree/index.ts'
import type { Findings, Subject } from './types.ts'

const DIRECTORIES = ['usr/bin/', 'usr/local/bin/', 'usr/local/sbin/']
const READ = 80
/** Interpreters that need no package of their own, or that other generators find with their version. */
const IGNORED: ReadonlySet<string> = new Set(['python3', 'python', 'sh', 'awk', 'luajit'])

/** Interpreters that scripts name in their first line. */
export function findShebangs({ tree, warn }: Subject, { runtime }: Findings): void {
  for (const { type, path, content } of tree.entries) {
    if (type !== 'file' || !DIRECTORIES.some((directory) => path.startsWith(directory))) continue
    const words = shebangWords(readStart(content, READ))
    if (words === undefined) continue
    const program = interpreterOf(words)
    if (program === undefined) warn(`${path}: cannot tell the interpreter from "#!${words.join(' ')}"`)
    else if (!IGNORED.has(baseName(program))) runtime.add(`cmd:${baseName(program)}`)
  }
}

function shebangWords(start: Uint8Array): string[] | undefined {
  const text = utf8Decode(start)
  if (!text.startsWith('#!')) return undefined
  const words = text
    .slice(2)
    .split('\n')[0]!
    .split(/\s+/)
    .filter((word) => word !== '')
  return words.length === 0 ? undefined : words
}

/** The program a first line runs, looking through `env`; undefined when that has further options. */
export function interpreterOf(words: readonly string[]): string | undefined {
  const [first, second, third] = words
  if (first !== '/usr/bin/env') return first
  if (words.length <= 2) return second
  return second === '-S' && third !== undefined && !third.startsWith('-') ? third : undefined
}
