import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  INCLUDE_OPTION,
  OFFLINE_OPTION,
  RESOLVER_OPTION,
  STRICT_OPTION,
} from './options.ts'

export const explainCommand: CommandSpec = {
  name: 'explain',
  usage: 'CONFIG [PACKAGE]',
  summary: 'Say why packages are in an image, and why others are not.',
  details: `Without PACKAGE, prints every package below what brought it in. With PACKAGE (a name, name-version, or anything
a package provides, such as so:libssl.so.3), prints the chain from the line of the configuration down to it, the
candidates it was preferred to, by which rule, and those that were ruled out.`,
  examples: [
    'apko-ts explain image.yaml --arch host',
    'apko-ts explain image.yaml libcrypto3 --arch host',
    'apko-ts explain image.yaml --json',
  ],
  args: { min: 1, max: 2 },
  options: [
    ARCH_OPTION,
    ...APPEND_OPTIONS,
    { name: 'json', type: 'bool', description: 'print everything as JSON' },
    RESOLVER_OPTION,
    STRICT_OPTION,
    CACHE_OPTION,
    OFFLINE_OPTION,
    INCLUDE_OPTION,
    IGNORE_SIGNATURES_OPTION,
  ],
  load: () => import('../commands/explain.ts'),
}
