import type { Row } from '../row.ts'

/** A row of git-checkout with what all of them have in common. */
export type MakeRow = (title: string, rest: Partial<Row>) => Row

export const repository = 'file:///srv/up'
export const HOME = '/home/build'
export const CLONE =
  "git clone --quiet --origin=origin '--config=user.name=Melange Build' --config=user.email=melange-build@cgr.dev --config=advice.detachedHead=false"
export const SAFE = 'git config --global --add safe.directory'
export const DATE = 'GIT_COMMITTER_DATE=@315532800'
export const msg = (text: string) => `[git checkout] ${text}`
export const fail = (text: string) => msg(`FAIL ${text}`)

/** Calls around a clone: what is made safe, what is asked of the clone, what follows in the destination. */
export function calls(
  flags: string,
  after: readonly string[],
  destination = HOME,
  inWorkdir: readonly string[] = [],
): string[] {
  const at = (call: string) => (destination === HOME ? call : `[${destination.slice(HOME.length + 1)}] ${call}`)
  return [
    `${SAFE} /tmp/tmp`,
    `${SAFE} ${destination}`,
    `${CLONE}${flags} ${repository} /tmp/tmp`,
    'git -C /tmp/tmp remote get-url origin',
    ...inWorkdir.map((call) => `[/tmp/tmp] ${call}`),
    ...[`${SAFE} ${destination}`, ...after].map(at),
  ]
}
export const HEAD = 'git rev-parse --verify HEAD'
export const SHALLOW = 'git rev-parse --is-shallow-repository'
export const tagCalls = (tag: string, depth = ' --depth=1') => [
  `git fetch --quiet origin${depth} --no-tags +refs/tags/${tag}:refs/origin/tags/${tag}`,
  `git checkout --quiet origin/tags/${tag}`,
  HEAD,
]
