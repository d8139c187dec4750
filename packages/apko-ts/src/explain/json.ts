import { redactUrl } from '@apkts/repository'
import type { Link, Loss, Resolved } from '@apkts/solver'
import { chainOf, formatExclusion } from '@apkts/solver'
import { buildOf, type Subject } from './subject.ts'

/** A package and everything known about why it was taken, as JSON. */
export function packageJson(subject: Subject, item: Resolved, options: { readonly chain: boolean }): object {
  const { record, location, tag, reason } = item
  const explained = subject.explanation.get(item)
  return {
    name: record.name,
    version: record.version,
    location: redactUrl(location),
    ...(tag === '' ? {} : { tag }),
    ...(explained === undefined ? {} : { reason: linkJson(subject, explained.broughtBy) }),
    ...(options.chain ? { chain: chainOf(subject.explanation, item).map((link) => linkJson(subject, link)) } : {}),
    preferredTo: reason.beaten.map(shown),
    ruledOut: reason.excluded.map((out) => ({ ...shown(out), text: formatExclusion(out.exclusion) })),
    alsoFor: explained?.alsoFor.map((link) => linkJson(subject, link)) ?? [],
  }
}

export function lossJson({ taken, loser, ...asked }: Loss): object {
  return { ...asked, taken: buildOf(taken), loser: shown(loser) }
}

function shown<T extends { readonly location: string }>(candidate: T): T {
  return { ...candidate, location: redactUrl(candidate.location) }
}

function linkJson({ placeOf }: Subject, { kind, constraint, by }: Link): object {
  const at = by === undefined ? placeOf(constraint) : undefined
  return { kind, constraint, ...(by === undefined ? {} : { by: buildOf(by) }), ...(at === undefined ? {} : { at }) }
}
