import { filePaths, pathFinding } from './path-linters.ts'
import type { Linter, LintSubject } from './types.ts'

const SBOM_DIRECTORY = 'var/lib/db/sbom/'

const empty: Linter = {
  name: 'empty',
  explain: 'Verify that this package is supposed to be empty; if it is, disable this linter; otherwise check the build',
  check(subject) {
    const isEmpty = filePaths(subject).every((path) => path.startsWith(SBOM_DIRECTORY))
    return isEmpty ? { message: 'package is empty but no-provides is not set' } : undefined
  },
}

const tempdir: Linter = {
  name: 'tempdir',
  explain:
    'Remove any offending files in temporary dirs in the pipeline, or add a /usr/lib/tmpfiles.d/ snippet in the case of dirs under /run/',
  check({ name, tree }) {
    const declared = tree.entries.some(({ path }) => path.startsWith('usr/lib/tmpfiles.d/'))
    const paths = tree.entries
      .filter(({ path, type }) => {
        if (path.startsWith('var/run/')) return true
        if (path.startsWith('run/')) return type !== 'directory' || !declared
        return type !== 'directory' && /^(?:var\/)?tmp\//.test(path)
      })
      .map(({ path }) => path)
    return paths.length === 0 ? undefined : pathFinding(`${name} writes to a temp dir`, paths)
  },
}

const MERGED = ['sbin', 'bin', 'usr/sbin', 'lib', 'lib64']

const usrmerge: Linter = {
  name: 'usrmerge',
  explain: 'Move binary to /usr/bin',
  check({ tree }) {
    const paths = tree.entries
      .map(({ path }) => path)
      .filter((path) => MERGED.some((directory) => path === directory || path.startsWith(`${directory}/`)))
    return paths.length === 0
      ? undefined
      : pathFinding('Package contains paths in violation of usrmerge:', paths, paths)
  },
}

/** A kind of file that wants a certain test step. */
function testLinter(rule: {
  readonly name: string
  readonly explain: string
  readonly what: string
  readonly pattern: RegExp
  readonly tests: readonly string[]
}): Linter {
  const check = (subject: LintSubject) => {
    const paths = filePaths(subject).filter((path) => rule.pattern.test(path))
    if (paths.length === 0 || subject.testUses?.some((step) => rule.tests.includes(step))) return undefined
    const problem = subject.testUses === undefined ? 'missing .melange.yaml' : `${rule.tests[0]} is not configured`
    return pathFinding(`${subject.name} contains ${rule.what} but ${problem}`, paths)
  }
  return { name: rule.name, explain: rule.explain, check }
}

const lddcheck = testLinter({
  name: 'lddcheck',
  explain: 'This package provides shared object files, please add the ldd-check test pipeline',
  what: 'shared objects',
  pattern: /\.so(?:\.[0-9]+)*$/,
  tests: ['test/ldd-check', 'test/tw/ldd-check'],
})

const pkgconf = testLinter({
  name: 'pkgconf',
  explain: 'This package provides files in a pkgconfig directory, please add the pkgconf test pipeline',
  what: 'pkgconfig files',
  pattern: /^usr\/(?:lib|share)\/pkgconfig\//,
  tests: ['test/pkgconf'],
})

/** Linters that look at where things are. */
export const LAYOUT_LINTERS: readonly Linter[] = [empty, lddcheck, pkgconf, tempdir, usrmerge]
