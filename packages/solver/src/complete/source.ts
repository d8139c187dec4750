import type { Constraint } from '@apkts/apk'
import type { Candidate } from '../candidate.ts'

/** What a clause says. */
export type Source =
  | { readonly kind: 'world'; readonly constraint: Constraint }
  /** A dependency, or a conflict if the text starts with `!`. */
  | { readonly kind: 'dependency'; readonly candidate: Candidate; readonly constraint: Constraint }
  /** Both give the name a version, or one does and the other provides it. */
  | { readonly kind: 'same-name'; readonly name: string; readonly pair: readonly [Candidate, Candidate] }
  /** A package of a tagged repository that nothing with that tag leads to. */
  | { readonly kind: 'tag'; readonly candidate: Candidate }
  /** A choice made before: kept while packages are added for `install_if`. */
  | { readonly kind: 'kept'; readonly candidate: Candidate }
  | { readonly kind: 'install-if'; readonly name: string }
