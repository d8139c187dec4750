import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export interface Upstream {
  readonly directory: string
  /** Commits: three of `main`, two of `fix` that begin at the first; and the object of the annotated tag `v1`. */
  readonly one: string
  readonly two: string
  readonly three: string
  readonly fix1: string
  readonly fix2: string
  readonly tagObject: string
  remove(): void
}

/** A repository that is the same each time: branches `main` and `fix`, tags `v1` (annotated, second commit) and `light`. */
export function makeUpstream(): Upstream {
  const directory = mkdtempSync(join(tmpdir(), 'upstream-'))
  const git = (...words: string[]) =>
    execFileSync('git', words, { cwd: directory, env: environment(), encoding: 'utf8' }).trim()
  const commit = (file: string, text: string): string => {
    writeFileSync(join(directory, file), text)
    git('add', '-A')
    git('commit', '-q', '-m', `${file}: ${text}`)
    return git('rev-parse', 'HEAD')
  }
  git('init', '-q', '-b', 'main')
  const one = commit('a', 'a1')
  git('tag', 'light')
  git('checkout', '-q', '-b', 'fix')
  const fix1 = commit('fixed', 'f1')
  const fix2 = commit('fixed2', 'f2')
  git('checkout', '-q', 'main')
  const two = commit('b', 'b1')
  git('tag', '-a', '-m', 'version 1', 'v1')
  execFileSync('mkdir', ['-p', 'sub/deep', 'other'], { cwd: directory })
  writeFileSync(join(directory, 'other/file'), 'o')
  const three = commit('sub/deep/c', 'c1')
  const tagObject = git('rev-parse', 'v1')
  return { directory, one, two, three, fix1, fix2, tagObject, remove: () => rmSync(directory, { recursive: true }) }
}

function environment(): Record<string, string> {
  const who = { NAME: 'Test', EMAIL: 'test@example.com', DATE: '1700000000 +0000' }
  const roles = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(who).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  )
  return { PATH: process.env.PATH ?? '', HOME: '/nonexistent', GIT_CONFIG_NOSYSTEM: '1', ...Object.fromEntries(roles) }
}
