import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  INCLUDE_OPTION,
  JSON_OPTION,
  OFFLINE_OPTION,
  PLAN_OPTION,
  RESOLVER_OPTION,
  STRICT_OPTION,
} from './options.ts'

const shared = {
  usage: 'CONFIG',
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    ARCH_OPTION,
    ...APPEND_OPTIONS,
    RESOLVER_OPTION,
    STRICT_OPTION,
    CACHE_OPTION,
    OFFLINE_OPTION,
    IGNORE_SIGNATURES_OPTION,
    INCLUDE_OPTION,
    { name: 'output', short: 'o', type: 'string', description: 'path of the lock file', value: 'FILE' },
    {
      name: 'update',
      type: 'list',
      description: 'keep the lock file as it is, except these packages and what they drag along',
      value: 'PACKAGE',
    },
    {
      name: 'bundle',
      type: 'string',
      description: 'also write lock file, keys and packages into one archive, to build from without a network',
      value: 'FILE',
    },
    PLAN_OPTION,
    { ...JSON_OPTION, description: 'print what was locked, or the plan, as JSON' },
  ],
} as const satisfies Partial<CommandSpec>

export const lockCommand: CommandSpec = {
  ...shared,
  name: 'lock',
  summary: 'Resolve the packages of an image and write them into a lock file.',
  details: `The lock file is called like the configuration, with .lock.json as its extension, unless --output names it.
With --update, an existing lock file is changed: the packages named move to what a new lock file would have, others only
as far as these need it; what changed is printed.`,
  examples: [
    'apko-ts lock image.yaml',
    'apko-ts lock image.yaml --arch x86_64,aarch64 --output image.lock.json',
    'apko-ts lock image.yaml --update openssl,curl',
    'apko-ts lock image.yaml --bundle image.bundle.tar',
  ],
  load: () => import('../commands/lock.ts'),
}

export const resolveCommand: CommandSpec = {
  ...shared,
  name: 'resolve',
  summary: 'Old name of lock; writes .resolved.json.',
  examples: ['apko-ts resolve image.yaml', 'apko-ts lock image.yaml --output image.resolved.json'],
  hidden: true,
  load: () => import('../commands/resolve.ts'),
}
