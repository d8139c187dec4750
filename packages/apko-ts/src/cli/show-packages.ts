import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  CACHE_OPTION,
  JSON_OPTION,
  OFFLINE_OPTION,
  RESOLVER_OPTION,
  STRICT_OPTION,
} from './options.ts'

export const showPackagesCommand: CommandSpec = {
  name: 'show-packages',
  usage: 'CONFIG',
  summary: 'Print the packages an image would have, one per line in installation order.',
  details: `--format is a Go template with .Name, .Version and .Source, or one of: name-version, name-version-source,
name=version, name=version-source, name-(version), name-(version)-source, packagelock, packagelock-source.`,
  examples: [
    'apko-ts show-packages image.yaml --arch host',
    'apko-ts show-packages image.yaml --format packagelock-source',
    "apko-ts show-packages image.yaml --format '{{ .Name }} from {{ .Source }}'",
    'apko-ts show-packages image.yaml --json',
  ],
  args: { min: 1, max: 1 },
  options: [
    ARCH_OPTION,
    ...APPEND_OPTIONS,
    {
      name: 'format',
      type: 'string',
      default: '{{ .Name }} {{ .Version }}',
      description: 'what to print of each package',
      value: 'FORMAT',
    },
    JSON_OPTION,
    RESOLVER_OPTION,
    STRICT_OPTION,
    CACHE_OPTION,
    OFFLINE_OPTION,
  ],
  load: () => import('../commands/show-packages.ts'),
}
