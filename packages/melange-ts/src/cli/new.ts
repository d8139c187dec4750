import type { CommandSpec } from '@apkts/diagnostics/cli'

export const newCommand: CommandSpec = {
  name: 'new',
  usage: 'DIRECTORY|ARCHIVE-URL|GIT-URL',
  summary: 'Write a first recipe for a project.',
  details: `Looks at the sources: build system (autotools, cmake, meson, go, cargo, python, npm, perl, make), name, version, licence. An archive
is fetched for its checksum, a git repository for its commit; nothing of the project is run. The recipe passes "check" and compiles; its
first lines say what to look at. It is written to NAME.yaml, never over a file that is there; "--output -" prints it.`,
  examples: [
    'melange-ts new https://ftp.gnu.org/gnu/hello/hello-2.12.2.tar.gz',
    'melange-ts new https://github.com/madler/zlib --tag v1.3.1 --output zlib.yaml',
    'melange-ts new . --output -',
  ],
  args: { min: 1, max: 1 },
  options: [
    { name: 'output', short: 'o', type: 'string', description: 'file to write (default: NAME.yaml)', value: 'FILE' },
    { name: 'name', type: 'string', description: 'name of the package', value: 'NAME' },
    { name: 'version', type: 'string', description: 'version of the sources', value: 'VERSION' },
    { name: 'tag', type: 'string', description: 'tag or branch of a git repository', value: 'TAG' },
  ],
  load: () => import('./run-new.ts'),
}
