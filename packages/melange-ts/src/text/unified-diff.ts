const CONTEXT = 3

type Edit = { readonly kind: ' ' | '-' | '+'; readonly line: string }

/** Differences of two texts in the unified form of `diff -u`, with three lines of context; empty when they are equal. */
export function unifiedDiff(
  before: { readonly name: string; readonly text: string },
  after: { readonly name: string; readonly text: string },
): string {
  if (before.text === after.text) return ''
  const edits = editScript(linesOf(before.text), linesOf(after.text))
  const header = `diff ${before.name} ${after.name}\n--- ${before.name}\n+++ ${after.name}\n`
  return header + hunks(edits).join('')
}

function linesOf(text: string): string[] {
  const lines = text.split('\n')
  if (lines.at(-1) === '') lines.pop()
  return lines
}

// Longest common subsequence by dynamic programming: metadata has a few hundred lines at most.
function editScript(before: readonly string[], after: readonly string[]): Edit[] {
  const lengths = Array.from({ length: before.length + 1 }, () => new Uint32Array(after.length + 1))
  for (let i = before.length - 1; i >= 0; i--) {
    for (let j = after.length - 1; j >= 0; j--) {
      const same = before[i] === after[j]
      lengths[i]![j] = same ? lengths[i + 1]![j + 1]! + 1 : Math.max(lengths[i + 1]![j]!, lengths[i]![j + 1]!)
    }
  }
  const edits: Edit[] = []
  let [i, j] = [0, 0]
  while (i < before.length || j < after.length) {
    if (i < before.length && j < after.length && before[i] === after[j]) {
      edits.push({ kind: ' ', line: before[i]! })
      i += 1
      j += 1
    } else if (i < before.length && (j >= after.length || lengths[i + 1]![j]! >= lengths[i]![j + 1]!)) {
      edits.push({ kind: '-', line: before[i++]! })
    } else edits.push({ kind: '+', line: after[j++]! })
  }
  return edits
}

function hunks(edits: readonly Edit[]): string[] {
  const changed = edits.flatMap(({ kind }, at) => (kind === ' ' ? [] : [at]))
  const ranges: { start: number; end: number }[] = []
  for (const at of changed) {
    const last = ranges.at(-1)
    const start = Math.max(0, at - CONTEXT)
    const end = Math.min(edits.length, at + CONTEXT + 1)
    if (last !== undefined && start <= last.end) last.end = end
    else ranges.push({ start, end })
  }
  return ranges.map(({ start, end }) => hunk(edits, start, end))
}

function hunk(edits: readonly Edit[], start: number, end: number): string {
  const count = (part: readonly Edit[], other: '-' | '+'): number => part.filter(({ kind }) => kind !== other).length
  const [earlier, part] = [edits.slice(0, start), edits.slice(start, end)]
  const range = (other: '-' | '+'): string => {
    const lines = count(part, other)
    return `${count(earlier, other) + (lines === 0 ? 0 : 1)},${lines}`
  }
  const body = part.map(({ kind, line }) => `${kind}${line}\n`).join('')
  return `@@ -${range('+')} +${range('-')} @@\n${body}`
}
