import type { Upstream } from '../git-upstream.ts'
import type { Row } from '../row.ts'
import { calls, DATE, fail, HEAD, HOME, type MakeRow, msg, repository, SHALLOW, tagCalls } from './git-calls.ts'
import { mistakes, retries } from './git-mistakes.ts'

/** Uses of git-checkout against a real repository, with a git that notes how it was called. */
export function gitCheckoutRows(up: Upstream): readonly Row[] {
  const row = (title: string, rest: Partial<Row>): Row => ({
    title,
    uses: 'git-checkout',
    copies: { '/srv/up': up.directory },
    tools: { git: 'exec /bin/git "$@"' },
    ...rest,
    with: { repository, ...rest.with },
  })
  return [
    ...plain(row, up),
    ...commits(row, up),
    ...tags(row, up),
    ...picks(row, up),
    ...mistakes(row, up),
    ...retries(row),
  ]
}

function plain(row: MakeRow, up: Upstream): Row[] {
  return [
    row('the default branch, with what is missing said', {
      ran: calls(' --depth=1', [HEAD]),
      says: [
        msg('Warning: neither branch nor tag is given, the default branch is used'),
        msg('Warning: no expected-commit is given, the checkout is not verified'),
        msg(`cloned from ${repository}`),
        msg(`tip of HEAD is commit ${up.three}`),
      ],
      leaves: { a: 'a1', b: 'b1', 'sub/deep/c': 'c1' },
    }),
    row('all inputs are listed', {
      with: { branch: 'fix', destination: 'd', depth: '7' },
      ran: calls(' --branch=fix --depth=7', [HEAD], `${HOME}/d`),
      says: [
        msg(
          "repo='file:///srv/up' dest='d' depth='7' branch='fix' tag='' expcommit='' recurse='false' sparse_paths='' max_retries='3' " +
            "initial_backoff='2' max_backoff='60' shallow_submodules='false' submodule_jobs='1' expected_commit_is_branch_tip='false'",
        ),
      ],
      leaves: { 'd/fixed2': 'f2', 'd/b': 'absent' },
    }),
    row('the whole history', {
      with: { depth: '-1' },
      ran: calls('', [HEAD]),
    }),
    row('a destination with a blank, beside files that are there', {
      with: { destination: 'a place/x' },
      files: { 'a place/x/own': 'stays' },
      ran: [],
      leaves: { 'a place/x/own': 'stays', 'a place/x/a': 'a1' },
      tools: {},
    }),
    row('some directories', {
      with: { 'sparse-paths': 'sub\nother' },
      ran: calls(' --sparse --filter=blob:none --depth=1', [HEAD], HOME, ['git sparse-checkout set --cone sub other']),
      leaves: { 'sub/deep/c': 'c1', 'other/file': 'o', a: 'a1' },
    }),
    row('submodules', {
      with: { 'recurse-submodules': 'true', 'submodule-jobs': '4' },
      ran: calls(' --recurse-submodules --jobs=4 --depth=1', [HEAD]),
    }),
    row('shallow submodules', {
      with: { 'recurse-submodules': 'true', 'shallow-submodules': 'true' },
      ran: calls(' --recurse-submodules --jobs=1 --shallow-submodules --depth=1', [HEAD]),
    }),
    row('shallow submodules without submodules', {
      with: { 'shallow-submodules': 'true' },
      ran: calls(' --depth=1', [HEAD]),
    }),
  ]
}

function commits(row: MakeRow, up: Upstream): Row[] {
  const ancestor = `git merge-base --is-ancestor ${up.one} ${up.three}`
  return [
    row('the tip of a branch, in its whole history', {
      with: { branch: 'main', 'expected-commit': up.three },
      ran: calls(' --branch=main', [HEAD]),
      says: [msg(`tip of main is commit ${up.three}`)],
    }),
    row('a commit further back', {
      with: { branch: 'main', 'expected-commit': up.one },
      ran: calls(' --branch=main', [HEAD, ancestor, `git reset --hard ${up.one}`]),
      leaves: { a: 'a1', b: 'absent' },
    }),
    row('a commit of another branch', {
      with: { branch: 'main', 'expected-commit': up.fix1 },
      ran: calls(' --branch=main', [HEAD, `git merge-base --is-ancestor ${up.fix1} ${up.three}`]),
      says: [fail(`Expected commit ${up.fix1} is not reachable from main (${up.three})`)],
      fails: 1,
    }),
    row('a commit further back than the depth', {
      with: { 'expected-commit': up.one },
      ran: calls(' --depth=1', [HEAD]),
      says: [fail(`Expected commit ${up.one} on HEAD, found ${up.three}; use depth: -1 if the commit is further back`)],
      fails: 1,
    }),
    row('the commit must be the tip, and is', {
      with: { branch: 'main', 'expected-commit': up.three, 'expected-commit-is-branch-tip': 'true' },
      ran: calls(' --branch=main --depth=1', [HEAD]),
      says: [msg(`tip of main is commit ${up.three}`)],
    }),
    row('the commit must be the tip, and is not', {
      with: { branch: 'main', 'expected-commit': up.one, 'expected-commit-is-branch-tip': 'true' },
      ran: calls(' --branch=main --depth=1', [HEAD]),
      says: [fail(`Expected commit ${up.one} on tip of main, found ${up.three}`)],
      fails: 1,
    }),
  ]
}

function tags(row: MakeRow, up: Upstream): Row[] {
  const object = (tag: string) => `git rev-parse --verify --end-of-options refs/origin/tags/${tag}`
  return [
    row('an annotated tag', {
      with: { tag: 'v1', 'expected-commit': up.two },
      ran: calls(' --branch=v1 --depth=1', tagCalls('v1')),
      says: [msg(`tag v1 is ${up.two}`)],
      leaves: { b: 'b1', 'sub/deep/c': 'absent' },
    }),
    row('a tag, nothing expected, the whole history', {
      with: { tag: 'light', depth: '-1' },
      ran: calls(' --branch=light', tagCalls('light', '')),
      says: [msg(`tag light is ${up.one}`)],
    }),
    row('the object of the tag instead of its commit', {
      with: { tag: 'v1', 'expected-commit': up.tagObject },
      ran: calls(' --branch=v1 --depth=1', [...tagCalls('v1'), object('v1')]),
      says: [
        msg(`Warning: the expected commit ${up.tagObject} is the annotated tag object of v1`),
        msg(`Warning: the tag points to the commit ${up.two}`),
        msg(`Warning: please set expected-commit to ${up.two}`),
      ],
    }),
    row('a tag that points elsewhere names both commits', {
      with: { tag: 'v1', 'expected-commit': up.one },
      ran: calls(' --branch=v1 --depth=1', [...tagCalls('v1'), object('v1')]),
      says: [msg(`the tag object of v1 is ${up.tagObject}`), fail(`Expected commit ${up.one} for v1, found ${up.two}`)],
      fails: 1,
    }),
  ]
}

function picks(row: MakeRow, up: Upstream): Row[] {
  const pick = (commit: string, date = DATE) => `${date} git cherry-pick -x ${commit}`
  const main = { branch: 'main', 'expected-commit': up.three }
  return [
    row('commits of a branch, which is fetched once', {
      with: { ...main, 'cherry-picks': `# why\nfix/${up.fix1}: the   first\n\nfix/${up.fix2}: the second # later\n` },
      ran: calls(' --branch=main', [HEAD, SHALLOW, 'git fetch origin fix:fix', pick(up.fix1), pick(up.fix2), HEAD]),
      leaves: { fixed: 'f1', fixed2: 'f2', b: 'b1' },
    }),
    row('a shallow clone learns its history; the date is that of the build', {
      with: { 'cherry-picks': `fix/${up.fix1}: one` },
      environment: { SOURCE_DATE_EPOCH: '1700000000' },
      ran: calls(' --depth=1', [
        HEAD,
        SHALLOW,
        'git fetch --unshallow origin fix:fix',
        pick(up.fix1, 'GIT_COMMITTER_DATE=@1700000000'),
        HEAD,
      ]),
      leaves: { fixed: 'f1' },
    }),
    row('a commit that is there, on a tag', {
      with: { tag: 'light', depth: '-1', 'cherry-picks': `${up.fix1}: one` },
      ran: calls(' --branch=light', [...tagCalls('light', ''), pick(up.fix1), HEAD]),
      leaves: { fixed: 'f1' },
    }),
    row('no comment', {
      with: { ...main, 'cherry-picks': `fix/${up.fix1}:  # why` },
      ran: calls(' --branch=main', [HEAD]),
      says: [fail(`cherry-pick 'fix/${up.fix1}:  ' has no comment`)],
      fails: 1,
    }),
    row('no colon', {
      with: { ...main, 'cherry-picks': up.fix1 },
      ran: calls(' --branch=main', [HEAD]),
      says: [fail(`bad cherry-pick '${up.fix1}': expected [branch/]commit: comment`)],
      fails: 1,
    }),
    row('a line of blanks', {
      with: { ...main, 'cherry-picks': `fix/${up.fix1}: x\n  \nfix/${up.fix2}: y` },
      ran: calls(' --branch=main', [HEAD, SHALLOW, 'git fetch origin fix:fix', pick(up.fix1)]),
      says: [fail(`bad cherry-pick '  ': expected [branch/]commit: comment`)],
      fails: 1,
    }),
    row('a commit nobody has', {
      with: { ...main, 'cherry-picks': `${'0'.repeat(40)}: x` },
      ran: calls(' --branch=main', [HEAD, pick('0'.repeat(40))]),
      says: [fail(`could not cherry-pick ${'0'.repeat(40)}`)],
      fails: 1,
    }),
    row('nothing in the lines is run', {
      with: { ...main, 'cherry-picks': '$(touch /home/build/bad)`touch /home/build/bad`: "$(touch /home/build/bad)"' },
      tools: {},
      fails: 1,
      leaves: { bad: 'absent' },
    }),
    ...[`--upload-pack=x/${up.fix1}: x`, 'fix/--no-commit: x'].map((line) =>
      row(`an option instead of a source: ${line.split('/')[0]}`, {
        with: { ...main, 'cherry-picks': line },
        ran: calls(' --branch=main', [HEAD]),
        fails: 1,
      }),
    ),
  ]
}
