import type { OptionSpec } from '@apkts/diagnostics/cli'

/** Flags of every command that runs steps: what their environment is made from, and how they run. */
export const STEP_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'arch',
    type: 'list',
    description: 'architectures, all, or host (default: all)',
    value: 'ARCH',
  },
  {
    name: 'repository-append',
    short: 'r',
    type: 'list',
    description: 'further package repositories for the environment: directories or URLs',
    value: 'REPO',
  },
  {
    name: 'keyring-append',
    short: 'k',
    type: 'list',
    description: 'further public keys for the environment: files or URLs',
    value: 'KEY',
  },
  { name: 'ignore-signatures', type: 'bool', description: 'accept unsigned indexes and unknown keys' },
  {
    name: 'apk-cache-dir',
    type: 'string',
    description: 'directory of the package cache (default: in the user’s cache directory)',
    value: 'DIR',
  },
  { name: 'env-file', type: 'list', description: 'files with environment variables for the steps', value: 'FILE' },
  {
    name: 'pipeline-dirs',
    type: 'list',
    description: 'directories with pipelines, searched before the built-in ones',
    value: 'DIR',
  },
  {
    name: 'workspace-dir',
    type: 'string',
    description: 'parent directory of the workspace (default: a temporary one)',
    value: 'DIR',
  },
  {
    name: 'runner',
    type: 'string',
    description: 'what steps run in: bubblewrap (default), podman, docker, qemu',
    value: 'NAME',
  },
  {
    name: 'network',
    type: 'list',
    description: 'who reaches the network: none, build (not tests) or full (default); for one recipe: NAME=MODE',
    value: 'MODE',
  },
  {
    name: 'secret',
    type: 'list',
    description: 'a file for the steps that name /run/secrets/ID, in no log and no package',
    value: 'id=ID,src=FILE',
  },
  { name: 'timeout', type: 'duration', default: '0s', description: 'time limit; replaces package.timeout' },
  {
    name: 'on-failure',
    type: 'string',
    default: 'stop',
    description: 'what a failing step leads to: stop, or shell: a shell where it failed, with a function `rerun`',
    value: 'ACTION',
  },
  { name: 'interactive', short: 'i', type: 'bool', description: 'the same as --on-failure shell' },
  {
    name: 'keep-going',
    type: 'bool',
    description: 'when a step of a subpackage or test fails, run those of the others before failing',
  },
  { name: 'rm', type: 'bool', default: 'true', description: 'remove workspace and environment after a failure, too' },
  { name: 'cpu', type: 'string', description: 'replaces package.resources.cpu', hidden: true },
  { name: 'cpumodel', type: 'string', description: 'replaces package.resources.cpumodel', hidden: true },
  { name: 'memory', type: 'string', description: 'replaces package.resources.memory', hidden: true },
  { name: 'disk', type: 'string', description: 'replaces package.resources.disk', hidden: true },
  { name: 'debug-runner', type: 'bool', description: 'no effect', hidden: true },
  { name: 'cache-source', type: 'string', description: 'no effect', hidden: true },
]
