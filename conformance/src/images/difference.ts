const CONTEXT = 60

/** The first place where two texts differ, shown from both; undefined when they are equal. */
export function firstDifference(what: string, expected: string, actual: string): string | undefined {
  if (expected === actual) return undefined
  const length = Math.min(expected.length, actual.length)
  let at = 0
  while (at < length && expected[at] === actual[at]) at += 1
  const show = (text: string) => JSON.stringify(text.slice(Math.max(0, at - CONTEXT), at + CONTEXT))
  return `${what} differs at character ${at}: expected …${show(expected)}… found …${show(actual)}…`
}
