import { archFindings } from './archs.ts'
import { kernelFindings } from './kernel.ts'
import { runnerFindings } from './runners.ts'
import { toolFindings } from './tools.ts'
import type { Finding, Machine } from './types.ts'

/** Everything a look at a machine finds: what builds can do here, why not, and how to get the rest. Changes nothing. */
export async function examine(machine: Machine): Promise<Finding[]> {
  const parts = await Promise.all([
    runnerFindings(machine),
    kernelFindings(machine),
    archFindings(machine),
    toolFindings(machine),
  ])
  return parts.flat()
}

/** True when steps can run in at least one runner. */
export function canBuild(findings: readonly Finding[]): boolean {
  return findings.some(({ name, state }) => name.startsWith('runner.') && state !== 'missing')
}

const MARKS = { works: 'ok', limited: 'limited', missing: 'missing' } as const

/** Findings as lines for people: state, name, detail, and below it how to get it. */
export function findingsText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length))
  const lines = findings.flatMap(({ name, state, detail, hint }, at) => [
    `${MARKS[state].padEnd(7)}  ${name.padEnd(width)}  ${detail}`,
    // Said once for neighbours with the same remedy.
    ...(hint === undefined || hint === findings[at + 1]?.hint ? [] : [`${' '.repeat(11 + width)}→ ${hint}`]),
  ])
  const verdict = canBuild(findings) ? 'recipes can be built here' : 'recipes cannot be built here: no runner works'
  return `${[...lines, verdict].join('\n')}\n`
}
