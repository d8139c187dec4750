import type { CommandSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  ARCH_OPTION,
  BUILD_DATE_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  IMAGE_OPTIONS,
  INCLUDE_OPTION,
  LIMIT_OPTIONS,
  OFFLINE_OPTION,
  PACKAGE_OPTION,
  SBOM_PATH_OPTION,
} from './options.ts'

export const buildCommand: CommandSpec = {
  name: 'build',
  usage: 'CONFIG [TAG [OUTPUT]]',
  summary: 'Build an image into a tar that docker loads, or into an OCI layout.',
  details: `OUTPUT is an existing directory for an OCI layout, anything else is the path of a tar.
Without TAG the image is called like the configuration file; without OUTPUT the tar is written as NAME.tar
into the working directory.`,
  examples: [
    'apko-ts build image.yaml',
    'apko-ts build image.yaml example/app:1.0 app.tar --arch host',
    'mkdir app && apko-ts build image.yaml example/app:1.0 app --lockfile image.lock.json',
    'apko-ts build image.yaml example/app:1.0 app.tar --offline --bundle image.bundle.tar',
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
  ],
  load: () => import('../commands/build.ts'),
}
