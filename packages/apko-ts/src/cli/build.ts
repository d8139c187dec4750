import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  BUILD_DATE_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  IMAGE_OPTIONS,
  INCLUDE_OPTION,
  JSON_OPTION,
  LIMIT_OPTIONS,
  OFFLINE_OPTION,
  OUTPUT_OPTION,
  PACKAGE_OPTION,
  PLAN_OPTION,
  SBOM_PATH_OPTION,
} from './options.ts'

export const buildCommand: CommandSpec = {
  name: 'build',
  usage: 'CONFIG TAG OUTPUT',
  summary: 'Build an image into a tar that docker loads, or into an OCI layout.',
  details: `OUTPUT is an existing directory for an OCI layout, anything else is the path of a tar. With --output the tag may be
left out, and the image is called like the configuration file.

--plan tells what a build would do and writes nothing but what it had to fetch for that into the cache: which packages
would be downloaded, how large they are, which are cached, which layers would be made and which are there already.`,
  examples: [
    'apko-ts build image.yaml example/app:1.0 app.tar --arch host',
    'apko-ts build image.yaml --output image.tar',
    'mkdir app && apko-ts build image.yaml example/app:1.0 app --lockfile image.lock.json',
    'apko-ts build image.yaml example/app:1.0 app.tar --offline --bundle image.bundle.tar',
    'apko-ts build image.yaml --plan',
  ],
  args: { min: 1, max: 3 },
  options: [
    ARCH_OPTION,
    PACKAGE_OPTION,
    ...APPEND_OPTIONS,
    ...IMAGE_OPTIONS,
    BUILD_DATE_OPTION,
    CACHE_OPTION,
    OFFLINE_OPTION,
    INCLUDE_OPTION,
    IGNORE_SIGNATURES_OPTION,
    SBOM_PATH_OPTION,
    ...LIMIT_OPTIONS,
    OUTPUT_OPTION,
    {
      name: 'variant-tags',
      type: 'bool',
      description: 'tag arm/v6 and arm/v7 in a tar as -armv6 and -armv7; else both are -arm, which means the newer',
    },
    PLAN_OPTION,
    { ...JSON_OPTION, description: 'print what was built, or the plan, as JSON' },
  ],
  load: () => import('../commands/build.ts'),
}
