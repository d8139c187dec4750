import { baseName } from '../tree/index.ts'
import type { Finding, Linter, LintSubject } from './types.ts'

interface PathRule {
  readonly name: string
  readonly explain: string
  readonly matches: (path: string) => boolean
  /** The message; `count` is the number of paths found. */
  readonly message: (name: string, count: number) => string
  /** Packages whose name ends so may have such files. */
  readonly exempt?: readonly string[]
}

/** Linters that look at the paths of everything but directories. */
export const PATH_LINTERS: readonly Linter[] = (
  [
    {
      name: 'cudaruntimelib',
      explain:
        'CUDA driver-specific libraries should be passed into the container by the host. Installing them in an image could override the host libraries and break GPU support. If this library is needed for build-time linking or ldd-check tests, please use a package containing a stub library instead. For libcuda.so, use nvidia-cuda-cudart-$cuda_version. For libnvidia-ml.so, use nvidia-cuda-nvml-dev-$cuda_version.',
      matches: (path) => /^usr\/lib\/lib(?:cuda|nvidia-ml)\.so(?:\.[0-9]+)*$/.test(path),
      message: (name) => `${name} contains CUDA driver-specific libraries`,
    },
    {
      name: 'dev',
      explain:
        'If this package is creating /dev nodes, it should use udev instead; otherwise, remove any files in /dev',
      matches: (path) => path.startsWith('dev/'),
      message: (name) => `${name} writes to /dev`,
    },
    {
      name: 'dll',
      explain: 'This package contains Windows libraries',
      matches: hasExtension('.dll'),
      message: counted('DLL file', 'DLL files'),
      exempt: ['-dev'],
    },
    {
      name: 'documentation',
      explain: 'Place documentation into a separate package or remove it',
      matches: (path) => /(?:READ(?:\.?ME)?|TODO|CREDITS|\.(?:md|docx?|rst|[0-9][a-z]))$/.test(path),
      message: documentationMessage('documentation'),
      exempt: ['-doc'],
    },
    {
      name: 'dylib',
      explain: 'This package contains macOS libraries',
      matches: hasExtension('.dylib'),
      message: counted('dylib file', 'dylib files'),
      exempt: ['-dev'],
    },
    {
      name: 'infodir',
      explain: 'Remove /usr/share/info/dir from the package (run split/infodir)',
      matches: (path) => path === 'usr/share/info/dir' || path.startsWith('usr/share/info/dir/'),
      message: (name) => `${name} writes to /usr/share/info/dir/`,
    },
    {
      name: 'libtool/la-files',
      explain: 'Remove libtool archive (.la) files from the package, or disable this linter if they are required',
      matches: hasExtension('.la'),
      message: (name, count) =>
        `${name} contains ${count} libtool archive (.la) file${count === 1 ? '' : 's'}. Remove them in the build pipeline; if this package legitimately needs to ship .la files, disable this linter via checks.disabled`,
    },
    {
      name: 'maninfo',
      explain: 'Place documentation into a separate package or remove it',
      matches: (path) => MAN.test(path) || INFO.test(path),
      message: documentationMessage('man/info'),
      exempt: ['-doc'],
    },
    {
      name: 'object',
      explain: 'This package contains intermediate object files (.o files)',
      matches: hasExtension('.o'),
      message: (name, count) =>
        `${name} contains ${count} intermediate object file${count === 1 ? '' : 's'}. This is usually wrong. In most cases they should be removed`,
    },
    {
      name: 'opt',
      explain: 'This package should be a -compat package',
      matches: (path) => path.startsWith('opt/'),
      message: (name) => `${name} writes to /opt`,
      exempt: ['-compat'],
    },
    {
      name: 'sbom',
      explain: 'Remove any files in /var/lib/db/sbom from the package',
      matches: (path) => /^var\/lib\/db\/sbom\/[^/]*(?<!\.spdx\.json)$/.test(path),
      message: (name) => `${name} writes to var/lib/db/sbom`,
    },
    {
      name: 'srv',
      explain: 'This package should be a -compat package',
      matches: (path) => path.startsWith('srv/'),
      message: (name) => `${name} writes to /srv`,
      exempt: ['-compat'],
    },
    {
      name: 'staticarchive',
      explain: 'This package contains static archives (.a files)',
      matches: hasExtension('.a'),
      message: (name, count) =>
        `${name} contains ${count} static archive${count === 1 ? '' : 's'}. Static archives bloat packages and should typically be in -dev packages or removed`,
      exempt: ['-dev', '-static'],
    },
    {
      name: 'usrlocal',
      explain: 'This package should be a -compat package',
      matches: (path) => path.startsWith('usr/local/'),
      message: (name) => `${name} contains /usr/local path in non-compat package`,
      exempt: ['-compat'],
    },
    {
      name: 'varempty',
      explain: 'Remove any offending files in /var/empty in the pipeline',
      matches: (path) => path.startsWith('var/empty/'),
      message: (name) => `${name} writes to /var/empty`,
    },
  ] satisfies PathRule[]
).map(pathLinter)

const MAN =
  /^usr\/(?:local\/)?share\/man(?:\/man[0-9][^/]*)?(?:\/[^/]+\.[0-9][^/]*(?:\.(?:gz|bz2|xz|lzma|Z))?)?$|^usr\/man(?:\/man[0-9][^/]*)?(?:\/[^/]+\.[0-9][^/]*(?:\.(?:gz|bz2|xz|lzma|Z))?)?$/
const INFO = /^usr\/(?:local\/)?share\/info\/(?:dir|[^/]+\.info(?:-[0-9]+)?(?:\.(?:gz|bz2|xz|lzma|Z))?)$/

function pathLinter(rule: PathRule): Linter {
  return {
    name: rule.name,
    explain: rule.explain,
    check(subject) {
      if (rule.exempt?.some((suffix) => subject.name.endsWith(suffix))) return undefined
      const paths = filePaths(subject).filter(rule.matches)
      return paths.length === 0 ? undefined : pathFinding(rule.message(subject.name, paths.length), paths)
    },
  }
}

/** Paths of everything but directories. */
export function filePaths({ tree }: LintSubject): string[] {
  return tree.entries.filter(({ type }) => type !== 'directory').map(({ path }) => path)
}

/** A finding whose details are paths. */
export function pathFinding(message: string, paths: readonly string[], more: readonly string[] = []): Finding {
  return { message, more, details: { paths }, items: paths }
}

/** Text from the last dot of a path's last name; empty without one. */
export function extensionOf(path: string): string {
  const name = baseName(path)
  const dot = name.lastIndexOf('.')
  return dot < 0 ? '' : name.slice(dot)
}

function hasExtension(extension: string): (path: string) => boolean {
  return (path) => extensionOf(path) === extension
}

function counted(one: string, many: string): (name: string, count: number) => string {
  return (name, count) => `${name} contains ${count} ${count === 1 ? one : many}`
}

function documentationMessage(kind: string): (name: string, count: number) => string {
  return (name, count) =>
    `${name} contains ${count} ${kind} file${count === 1 ? '' : 's'} but is not a documentation package`
}
