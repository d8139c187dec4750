import type { CommandSpec } from '@apkts/diagnostics/cli'
import { LINT_OPTIONS } from './lint.ts'
import { STEP_OPTIONS } from './step-options.ts'

export const buildCommand: CommandSpec = {
  name: 'build',
  usage: '[RECIPE.yaml]',
  summary: 'Build the packages of a recipe.',
  details: `Packages and their index are written to OUT-DIR/ARCH. Without RECIPE.yaml the recipe is melange.yaml or .melange.yaml in the
working directory. Nothing is written before all packages have passed the required linters.`,
  examples: [
    'melange-ts build hello.yaml --signing-key melange.rsa --arch host',
    'melange-ts build hello.yaml --arch x86_64 -r ./toolchain -k toolchain/toolchain.rsa.pub --cache-dir ./sources',
  ],
  args: { min: 0, max: Number.POSITIVE_INFINITY },
  options: [
    ...STEP_OPTIONS,
    {
      name: 'out-dir',
      type: 'string',
      default: './packages/',
      description: 'directory for the packages',
      value: 'DIR',
    },
    { name: 'signing-key', type: 'string', description: 'private key that signs packages and index', value: 'FILE' },
    {
      name: 'source-dir',
      type: 'string',
      description: 'directory copied into the workspace (default: that of the recipe)',
      value: 'DIR',
    },
    { name: 'empty-workspace', type: 'bool', description: 'copy nothing into the workspace' },
    {
      name: 'from-step',
      type: 'string',
      description: 'go on from a step of a build that failed: its number, label or name',
      value: 'STEP',
    },
    {
      name: 'snapshots',
      type: 'bool',
      default: 'true',
      description: 'keep the state after each step for --from-step, where a layer is enough (as root)',
    },
    {
      name: 'cache-dir',
      type: 'string',
      default: './melange-cache/',
      description: 'directory that steps find at /var/cache/melange',
      value: 'DIR',
    },
    {
      name: 'package-append',
      type: 'list',
      description: 'further packages for the environment',
      value: 'PACKAGE',
    },
    {
      name: 'pipeline-dir',
      type: 'string',
      description: 'directory with pipelines, searched before --pipeline-dirs',
      value: 'DIR',
    },
    {
      name: 'build-date',
      type: 'string',
      description: 'time of the packages, RFC 3339 (default: 1970); SOURCE_DATE_EPOCH wins',
      value: 'TIME',
    },
    {
      name: 'build-option',
      type: 'list',
      description: 'options of the recipe to enable, in this order',
      value: 'NAME',
    },
    {
      name: 'vars-file',
      type: 'string',
      description: 'YAML map of variables that win over the recipe’s',
      value: 'FILE',
    },
    {
      name: 'override-host-triplet-libc-substitution-flavor',
      type: 'string',
      default: 'gnu',
      description: 'C library in ${{host.triplet.*}}',
      value: 'LIBC',
    },
    {
      name: 'git-commit',
      type: 'string',
      description: 'commit of the recipe’s repository (default: its HEAD)',
      value: 'HASH',
    },
    { name: 'git-repo-url', type: 'string', description: 'URL of the recipe’s repository, for the SBOM', value: 'URL' },
    { name: 'namespace', type: 'string', default: 'unknown', description: 'namespace of package URLs, such as wolfi' },
    {
      name: 'license',
      type: 'string',
      default: 'NOASSERTION',
      description: 'licence of the recipe itself, for the SBOM',
    },
    { name: 'strip-origin-name', type: 'bool', description: 'give every package its own name as origin' },
    {
      name: 'generate-index',
      type: 'bool',
      default: 'true',
      description: 'create or update the index of OUT-DIR/ARCH',
    },
    { name: 'generate-provenance', type: 'bool', description: 'write SLSA provenance beside each package' },
    { name: 'create-build-log', type: 'bool', description: 'append a line per package to packages.log' },
    {
      name: 'dependency-log',
      type: 'string',
      description: 'write the generated dependencies to FILE.ARCH',
      value: 'FILE',
    },
    ...LINT_OPTIONS,
    {
      name: 'like-melange',
      type: 'bool',
      description: 'make the packages that melange makes, its known defects included',
    },
    {
      name: 'trace',
      type: 'string',
      description: 'write what each phase took to a file, as OpenTelemetry spans',
      value: 'FILE',
    },
    { name: 'cleanup', type: 'bool', default: 'true', description: 'no effect', hidden: true },
  ],
  load: () => import('./run-build.ts'),
}
