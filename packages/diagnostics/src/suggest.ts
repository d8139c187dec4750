import { distance } from 'fastest-levenshtein'

/** The known names closest to `name`, best first: those within a third of its length, or containing it. At most `limit`. */
export function nearNames(name: string, known: Iterable<string>, limit = 3): string[] {
  // Two letters swapped are a distance of two.
  const reach = Math.max(name.length >= 4 ? 2 : 1, Math.floor(name.length / 3))
  const ranked: [number, string][] = []
  for (const candidate of known) {
    const contains = name.length >= 3 && candidate.includes(name)
    if (!contains && Math.abs(candidate.length - name.length) > reach) continue
    const gap = distance(name, candidate)
    if (gap <= reach || contains) ranked.push([contains ? Math.min(gap, reach) : gap, candidate])
  }
  ranked.sort((a, b) => a[0] - b[0] || (a[1] < b[1] ? -1 : 1))
  return ranked.slice(0, limit).map(([, candidate]) => candidate)
}

/** `did you mean "x"?`, or undefined when nothing is near. */
export function didYouMean(name: string, known: Iterable<string>): string | undefined {
  const near = nearNames(name, known)
  return near.length === 0 ? undefined : `did you mean ${near.map((candidate) => `"${candidate}"`).join(' or ')}?`
}
