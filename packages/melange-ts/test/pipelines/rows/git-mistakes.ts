import type { Upstream } from '../git-upstream.ts'
import type { Row } from '../row.ts'
import { CLONE, calls, fail, HEAD, HOME, type MakeRow, msg, repository, SAFE } from './git-calls.ts'

export function mistakes(row: MakeRow, up: Upstream): Row[] {
  const rows: readonly (readonly [string, Readonly<Record<string, string>>, string])[] = [
    ['recurse-submodules', { 'recurse-submodules': 'yes' }, "recurse-submodules must be true or false, found 'yes'"],
    ['shallow-submodules', { 'shallow-submodules': '1' }, "shallow-submodules must be true or false, found '1'"],
    [
      'expected-commit-is-branch-tip',
      { 'expected-commit-is-branch-tip': 'TRUE' },
      "expected-commit-is-branch-tip must be true or false, found 'TRUE'",
    ],
    ['branch and tag', { branch: 'main', tag: 'v1' }, 'both branch (main) and tag (v1) are specified.'],
    [
      'the tip of a tag',
      { tag: 'v1', 'expected-commit': up.two, 'expected-commit-is-branch-tip': 'true' },
      'expected-commit-is-branch-tip cannot be used with a tag',
    ],
    [
      'the tip of no branch',
      { 'expected-commit': up.two, 'expected-commit-is-branch-tip': 'true' },
      'expected-commit-is-branch-tip needs a branch',
    ],
    [
      'the tip, but no commit',
      { branch: 'main', 'expected-commit-is-branch-tip': 'true' },
      'expected-commit-is-branch-tip needs an expected-commit',
    ],
    ['depth', { depth: '1x' }, "depth must be a number, found '1x'"],
    ['depth with a command', { depth: 'a[$(touch bad)]' }, "depth must be a number, found 'a[]'"],
    ['max-retries', { 'max-retries': 'many' }, "max-retries must be a number, found 'many'"],
    ['initial-backoff', { 'initial-backoff': '-1' }, "initial-backoff must be a number, found '-1'"],
    ['max-backoff', { 'max-backoff': '1m' }, "max-backoff must be a number, found '1m'"],
    ['submodule-jobs', { 'submodule-jobs': '2 --x' }, "submodule-jobs must be a number, found '2 --x'"],
    [
      'an option for a repository',
      { repository: '--upload-pack=touch bad' },
      "repository must not begin with -, found '--upload-pack=touch bad'",
    ],
    ['an option for a destination', { destination: '-p' }, "destination must not begin with -, found '-p'"],
  ]
  return rows.map(([title, values, message]) =>
    row(`a mistake: ${title}`, { with: values, ran: [], says: [fail(message)], fails: 1 }),
  )
}

export function retries(row: MakeRow): Row[] {
  const clone = `${CLONE} --depth=1 ${repository} /tmp/tmp`
  const safe = [`${SAFE} /tmp/tmp`, `${SAFE} ${HOME}`]
  const quick = { 'initial-backoff': '0', 'max-backoff': '0' }
  return [
    row('a clone that succeeds in the end', {
      with: { ...quick, 'max-retries': '2' },
      tools: {
        git: 'case "$1" in clone) echo x >> /record/tries; [ "$(wc -l < /record/tries)" -gt 2 ] || exit 128;; esac; exec /bin/git "$@"',
      },
      ran: [...safe, clone, ...calls(' --depth=1', [HEAD]).slice(2)].toSpliced(2, 0, clone),
      says: [
        msg('Retry attempt 1/2 after 0s backoff...'),
        msg('Waiting 0s before retry (backoff: 0s, jitter: 0s)...'),
        msg('Retry attempt 2/2 after 0s backoff...'),
        msg('Waiting 0s before retry (backoff: 0s, jitter: 0s)...'),
      ],
      leaves: { a: 'a1' },
    }),
    row('a clone that never succeeds', {
      with: { ...quick, 'max-retries': '1' },
      tools: { git: 'case "$1" in clone) exit 128;; esac; exec /bin/git "$@"' },
      ran: [...safe, clone, clone],
      says: [msg('All 1 retry attempts exhausted'), fail('git clone failed after 1 retries')],
      fails: 1,
    }),
    row('no second try', {
      with: { ...quick, 'max-retries': '0' },
      tools: { git: 'case "$1" in clone) exit 128;; esac; exec /bin/git "$@"' },
      ran: [...safe, clone],
      says: [fail('git clone failed after 0 retries')],
      fails: 1,
    }),
  ]
}
