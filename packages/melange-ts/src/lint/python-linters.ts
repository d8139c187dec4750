import { sortedUnique } from '@apkts/encoding'
import type { PackageTree } from '../tree/index.ts'
import { extensionOf } from './path-linters.ts'
import type { Finding, Linter, LintSubject } from './types.ts'

const DOCUMENTATION = ['doc', 'docs']
const TESTS = ['test', 'tests']
const METADATA = ['.egg-info', '.dist-info', '.pth']

function pythonLinter(
  name: string,
  explain: string,
  check: (names: readonly string[], subject: LintSubject) => Finding | undefined,
): Linter {
  return {
    name,
    explain,
    check(subject) {
      const { tree } = subject
      const versions = tree.entries.filter(({ path }) => /^usr\/lib\/python3\.[^/]*$/.test(path))
      if (versions.length > 1) return { message: `more than one Python version detected: ${versions.length} found` }
      return versions[0] === undefined ? undefined : check(modules(tree, versions[0].path), subject)
    },
  }
}

function modules(tree: PackageTree, directory: string): string[] {
  const prefix = `${directory}/site-packages/`
  return tree.entries
    .filter(({ path }) => path.startsWith(prefix) && !path.slice(prefix.length).includes('/'))
    .map(({ path }) => path.slice(prefix.length))
}

const docs = pythonLinter('python/docs', 'Remove all docs directories from the package', (names) =>
  names.some((name) => DOCUMENTATION.includes(name))
    ? { message: 'docs directory encountered in Python site-packages directory' }
    : undefined,
)

const test = pythonLinter('python/test', 'Remove all test directories from the package', (names) =>
  names.some((name) => TESTS.includes(name))
    ? { message: 'tests directory encountered in Python site-packages directory' }
    : undefined,
)

const multiple = pythonLinter(
  'python/multiple',
  'Split this package up into multiple packages and verify you are not improperly using pip install',
  (names, { likeMelange }) => {
    const packages = sortedUnique(
      names
        .filter(isModule)
        .map((name) => moduleName(name, likeMelange === true))
        .filter((name) => name !== ''),
    ).map((name) => `"${name}"`)
    if (packages.length < 2) return undefined
    return {
      message: `multiple Python packages detected: ${packages.length} found (${packages.join(', ')})`,
      details: { count: packages.length, packages },
      items: packages,
    }
  },
)

function isModule(name: string): boolean {
  if (name.startsWith('_') || TESTS.includes(name) || DOCUMENTATION.includes(name)) return false
  return !METADATA.includes(extensionOf(name))
}

// The original keeps as many characters as the extension has.
function moduleName(name: string, likeMelange: boolean): string {
  const extension = extensionOf(name)
  if (extension === '') return name
  return name.slice(0, likeMelange ? extension.length : -extension.length)
}

/** Linters that look at Python's modules. */
export const PYTHON_LINTERS: readonly Linter[] = [docs, multiple, test]
