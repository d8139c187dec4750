import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Source } from '../build-recipe.ts'

const WHO = { NAME: 'Test', EMAIL: 'test@example.com', DATE: '1700000000 +0000' }

/** An archive and a repository of git, made in `directory`. */
export interface Upstream {
  readonly archive: Uint8Array
  readonly sha512: string
  /** Bare, for the source directory of a build. */
  readonly repository: string
  readonly tagged: string
  readonly fix: string
  /** A commit as mail. */
  readonly mail: string
}

export function makeUpstream(directory: string): Upstream {
  const work = join(directory, 'work')
  const roles = ['AUTHOR', 'COMMITTER'].flatMap((role) =>
    Object.entries(WHO).map(([key, value]) => [`GIT_${role}_${key}`, value]),
  )
  const env = { PATH: process.env.PATH ?? '', HOME: directory, ...Object.fromEntries(roles) }
  const run = (program: string, ...words: string[]) =>
    execFileSync(program, words, { cwd: work, env, encoding: 'utf8' })
  const commit = (name: string): string => {
    writeFileSync(join(work, name), `${name}\n`)
    run('git', 'add', '-A')
    run('git', 'commit', '-q', '-m', `adds ${name}`)
    return run('git', 'rev-parse', 'HEAD').trim()
  }
  mkdirSync(work, { recursive: true })
  run('git', 'init', '-q', '-b', 'main')
  const tagged = commit('first')
  run('git', 'tag', '-a', '-m', 'one', 'v1.0')
  run('git', 'checkout', '-q', '-b', 'stable')
  const fix = commit('fix')
  const mailed = run('git', 'format-patch', '-1', '--stdout', commit('mailed'))
  const repository = join(directory, 'up.git')
  run('git', 'clone', '-q', '--bare', work, repository)
  run('tar', '-czf', join(directory, 'up.tar.gz'), '--transform', 's,^,up-1.0/,', 'first')
  const archive = readFileSync(join(directory, 'up.tar.gz'))
  return { archive, sha512: createHash('sha512').update(archive).digest('hex'), repository, tagged, fix, mail: mailed }
}

/** Everything that brings sources: a download, a patch, a clone with a cherry-pick, a commit by mail. */
export function fetched(up: Upstream, url: string): Source {
  return {
    name: 'fetched',
    recipe: {
      environment: { contents: { packages: ['build-base', 'busybox'] } },
      pipeline: [
        {
          'working-directory': 'archive',
          pipeline: [
            { uses: 'fetch', with: { uri: `${url}up.tar.gz?a=1&b=2`, 'expected-sha512': up.sha512, delete: 'true' } },
            { uses: 'patch', with: { patches: '../second.patch' } },
            { runs: 'test "$(ls)" = first\ntest "$(cat first)" = second' },
          ],
        },
        // Source directories come without their empty directories.
        { runs: 'mkdir -p up.git/refs up.git/objects/info' },
        {
          uses: 'git-checkout',
          with: {
            repository: 'file:///home/build/up.git',
            destination: 'clone',
            tag: 'v1.0',
            'expected-commit': up.tagged,
            'cherry-picks': `stable/${up.fix}: it works # so`,
          },
        },
        { 'working-directory': 'clone', uses: 'git-am', with: { patches: '../mail.patch' } },
        {
          runs: 'mkdir -p ${{targets.destdir}}/opt\ncp -r archive clone ${{targets.destdir}}/opt/\nrm -r ${{targets.destdir}}/opt/clone/.git',
        },
      ],
    },
    files: {
      'second.patch': '--- a/first\n+++ b/first\n@@ -1 +1 @@\n-first\n+second\n',
      'mail.patch': up.mail,
    },
  }
}
