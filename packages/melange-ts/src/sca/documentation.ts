import { parentOf } from '../tree/index.ts'
import type { Findings, Subject } from './types.ts'

const READERS: ReadonlyMap<string, string> = new Map([
  ['usr/share/man', 'man-db'],
  ['usr/share/info', 'texinfo'],
])

/** Documentation packages need the program that shows what they contain. */
export function findDocumentation({ name, tree }: Subject, { runtime }: Findings): void {
  if (!name.endsWith('-doc')) return
  for (const { path } of tree.entries) {
    const reader = READERS.get(parentOf(path))
    if (reader !== undefined) runtime.add(reader)
  }
}
