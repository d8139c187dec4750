/** What must come out, and what does. */
export interface Fact {
  readonly name: string
  readonly expected: string
  readonly found: string
}

/** Compares values by their JSON. */
export function fact(name: string, expected: unknown, found: unknown): Fact {
  return { name, expected: JSON.stringify(expected), found: JSON.stringify(found) }
}
