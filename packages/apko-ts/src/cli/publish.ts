import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  BUILD_DATE_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  IMAGE_OPTIONS,
  JSON_OPTION,
  OFFLINE_OPTION,
  PACKAGE_OPTION,
  PLAN_OPTION,
  SBOM_PATH_OPTION,
} from './options.ts'

export const publishCommand: CommandSpec = {
  name: 'publish',
  usage: 'CONFIG TAG [TAG...]',
  summary: 'Build an image and push it to a registry.',
  details: `Prints the reference of the pushed index by digest. Credentials come from docker's configuration (apko-ts login
writes it), podman's, or GITHUB_TOKEN for ghcr.io. Layers that are there, or in a repository that can lend them, are not
sent again; interrupted uploads are resumed. SBOM files are written only if --sbom-path names a directory.`,
  examples: [
    'apko-ts publish image.yaml registry.example/team/app:1.0',
    'apko-ts publish image.yaml registry.example/team/app:1.0 registry.example/team/app:latest --image-refs refs.txt',
    'apko-ts publish image.yaml registry.example/team/app:1.0 --attach-sbom --mount-from team/base',
    'apko-ts publish image.yaml registry.example/team/app:1.0 --local --arch host',
  ],
  args: { min: 2, max: Number.POSITIVE_INFINITY },
  options: [
    ARCH_OPTION,
    PACKAGE_OPTION,
    ...APPEND_OPTIONS,
    ...IMAGE_OPTIONS,
    BUILD_DATE_OPTION,
    CACHE_OPTION,
    OFFLINE_OPTION,
    IGNORE_SIGNATURES_OPTION,
    { ...SBOM_PATH_OPTION, description: 'existing directory for the SBOM files; none are kept without it' },
    {
      name: 'image-refs',
      type: 'string',
      description: 'write the references of all images and of the index into this file',
      value: 'FILE',
    },
    {
      name: 'attach-sbom',
      type: 'bool',
      description: 'store each SBOM in the registry, too, as a referrer of its image',
    },
    {
      name: 'mount-from',
      type: 'list',
      description: 'further repositories of the registry to take layers from instead of sending them',
      value: 'REPOSITORY',
    },
    {
      name: 'parallel-uploads',
      type: 'int',
      default: '4',
      description: 'layers sent at the same time',
      value: 'N',
    },
    {
      name: 'chunk-size',
      type: 'string',
      description: 'send layers in pieces of at most this size, such as 50M (default: whole)',
      value: 'SIZE',
    },
    {
      name: 'local',
      type: 'bool',
      description: 'load the image of GOOS/GOARCH (default linux/amd64) into the docker daemon instead',
    },
    PLAN_OPTION,
    { ...JSON_OPTION, description: 'print all references, or the plan, as JSON' },
  ],
  load: () => import('../commands/publish.ts'),
}
