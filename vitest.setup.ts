import { configureGlobal } from 'fast-check'

/**
 * Property tests draw the same values in every run, so that a change is judged by what it changes. `FC_SEED=random` (or
 * a number) looks further; a counterexample found that way becomes a row of a table.
 */
const wanted = process.env.FC_SEED ?? '20240229'
if (wanted !== 'random') configureGlobal({ seed: Number(wanted) })
