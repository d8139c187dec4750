import type { CommandSpec } from '@apkts/diagnostics/cli'
import { ARCH_OPTION, INCLUDE_OPTION, JSON_OPTION } from './options.ts'

export const diffCommand: CommandSpec = {
  name: 'diff',
  usage: 'BEFORE AFTER',
  summary: 'Say what differs between two images, lock files or configurations.',
  details: `Each side is an archive (of apko-ts, docker save, or an OCI layout in a tar), an OCI layout, an image in a registry, a
lock file or a configuration; an image and a lock file may be compared, too. docker://NAME is an image in a registry
even where a file is called NAME.

Of images: packages, licenses, files with content, mode, owner and capabilities, and what the image runs as. Rights
that came or went (setuid, capabilities, writable by all) are listed on their own.`,
  examples: [
    'apko-ts diff old.tar new.tar',
    'apko-ts diff image.lock.json new.lock.json --exit-code',
    'apko-ts diff registry.example/team/app:1.0 ./layout --arch x86_64 --format markdown',
  ],
  args: { min: 2, max: 2 },
  options: [
    { name: 'format', type: 'string', default: 'text', description: 'text, markdown or json', value: 'FORMAT' },
    { ...JSON_OPTION, description: 'the same as --format json' },
    { name: 'exit-code', type: 'bool', description: 'end with status 1 when something differs' },
    {
      name: 'limit',
      type: 'int',
      default: '50',
      description: 'lines shown of each part, 0 for all; JSON is always whole',
      value: 'N',
    },
    { ...ARCH_OPTION, description: 'architectures to compare (default: all)' },
    INCLUDE_OPTION,
  ],
  statuses: [
    [0, 'compared'],
    [1, 'compared with --exit-code, and something differs'],
    [2, 'the sides cannot be compared'],
  ],
  failure: 2,
  load: () => import('../commands/diff.ts'),
}
