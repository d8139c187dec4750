import { elfFacts } from '../sca/index.ts'
import type { TreeEntry } from '../tree/index.ts'
import { machineName, SUPPORTED_MACHINES } from './machines.ts'
import { extensionOf, pathFinding } from './path-linters.ts'
import type { Linter, LintSubject } from './types.ts'

const OBJECT_FILE = /\.(?:a|so|dylib)(?:\..*)?/
const EXECUTABLE = 0o111

const binaryarch: Linter = {
  name: 'binaryarch',
  explain:
    'This package contains binaries compiled for unsupported architectures (only aarch64/arm64 and amd64/x86_64 binaries are supported)',
  check(subject) {
    const binaries = candidates(subject).flatMap((entry) => {
      const facts = elfFacts(entry)
      if (facts === undefined || SUPPORTED_MACHINES.has(facts.machine)) return []
      return [{ path: entry.path, arch: machineName(facts.machine) }]
    })
    if (binaries.length === 0) return undefined
    const count = `${binaries.length} ${binaries.length === 1 ? 'binary' : 'binaries'}`
    return {
      message: `${subject.name} contains ${count} compiled for unsupported architecture(s)`,
      details: { binaries },
      items: binaries.map(({ path, arch }) => `${path} (${arch})`),
    }
  },
}

const strip: Linter = {
  name: 'strip',
  explain: 'Properly strip all binaries in the pipeline',
  check(subject) {
    const binaries = candidates(subject)
      .filter((entry) => elfFacts(entry)?.sectionNames.some((name) => name === '.debug' || name === '.zdebug'))
      .map(({ path }) => path)
    if (binaries.length === 0) return undefined
    const count = `${binaries.length} unstripped ${binaries.length === 1 ? 'binary' : 'binaries'}`
    return { message: `${subject.name} contains ${count}`, details: { binaries }, items: binaries }
  },
}

const unstripped: Linter = {
  name: 'unstripped',
  explain: 'Strip symbols and debug information from all binaries in the pipeline, or move them into a -dbg package',
  check(subject) {
    if (subject.name.endsWith('-dbg')) return undefined
    const binaries = candidates(subject)
      .filter((entry) => elfFacts(entry)?.sectionNames.some((name) => name === '.symtab' || /^\.z?debug_/.test(name)))
      .map(({ path }) => path)
    if (binaries.length === 0) return undefined
    return pathFinding(
      `${subject.name} contains ${binaries.length} file(s) with symbols or debug information`,
      binaries,
    )
  },
}

function candidates({ tree }: LintSubject): TreeEntry[] {
  return tree.entries.filter(
    ({ type, path, mode }) =>
      type === 'file' &&
      !path.startsWith('var/lib/db/sbom/') &&
      ((mode & EXECUTABLE) !== 0 || OBJECT_FILE.test(extensionOf(path))),
  )
}

/** Linters that look into programs and libraries. */
export const BINARY_LINTERS: readonly Linter[] = [binaryarch, strip, unstripped]
