import type { ClauseInput, Literal } from '../complete/clause.ts'
import { type Problem, Search } from '../complete/search.ts'
import type { Trail } from '../complete/trail.ts'

/**
 * A smallest part of contradicting clauses that still contradict each other: clauses are left out one after the other
 * (clauses with one key together) for as long as that changes nothing. Any clause of the result is needed.
 */
export function minimise<Source>(
  core: readonly ClauseInput<Source>[],
  { keyOf, maxConflicts }: { keyOf(source: Source): unknown; maxConflicts: number },
): readonly ClauseInput<Source>[] {
  let left = contradictionIn(core, maxConflicts) ?? core
  for (const key of new Set(core.map(({ source }) => keyOf(source)))) {
    if (!left.some(({ source }) => keyOf(source) === key)) continue
    const without = left.filter(({ source }) => keyOf(source) !== key)
    left = contradictionIn(without, maxConflicts) ?? left
  }
  return left
}

/** The clauses of a list that contradict each other; undefined when they do not, or when that was not found out. */
function contradictionIn<Source>(
  clauses: readonly ClauseInput<Source>[],
  maxConflicts: number,
): readonly ClauseInput<Source>[] | undefined {
  const outcome = new Search(new ClauseProblem(clauses), maxConflicts).run()
  return outcome.kind === 'contradiction' ? outcome.core : undefined
}

/** Clauses without any package behind them: whatever meets them will do. */
class ClauseProblem<Source> implements Problem<Source> {
  readonly size: number

  constructor(readonly initial: readonly ClauseInput<Source>[]) {
    this.size = initial.reduce((most, { literals }) => literals.reduce(larger, most), 0)
  }

  clausesFor(): readonly ClauseInput<Source>[] {
    return []
  }

  /** What is not decided is not installed, so only clauses with nothing refuted by default are open. */
  decide(trail: Trail<Source>): number | undefined {
    for (const { literals } of this.initial) {
      const isMet = literals.some((literal) => (literal > 0 ? trail.isTrue(literal) : !trail.isTrue(-literal)))
      if (!isMet) return literals.find((literal) => literal > 0 && !trail.isFalse(literal))
    }
    return undefined
  }
}

function larger(most: number, literal: Literal): number {
  return Math.max(most, Math.abs(literal))
}
