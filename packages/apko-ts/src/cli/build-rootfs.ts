import type { CommandSpec, OptionSpec } from '@apkts/diagnostics/cli'
import {
  APPEND_OPTIONS,
  BUILD_DATE_OPTION,
  CACHE_OPTION,
  IGNORE_SIGNATURES_OPTION,
  LIMIT_OPTIONS,
  PACKAGE_OPTION,
  REPAIR_OPTIONS,
  SBOM_PATH_OPTION,
} from './options.ts'

const ARCH: OptionSpec = {
  name: 'build-arch',
  type: 'string',
  description: 'architecture to build (default: the running machine’s)',
  value: 'ARCH',
}

const shared: readonly OptionSpec[] = [
  ARCH,
  PACKAGE_OPTION,
  ...APPEND_OPTIONS,
  BUILD_DATE_OPTION,
  ...REPAIR_OPTIONS,
  ...LIMIT_OPTIONS,
]
const ignored: OptionSpec = { ...SBOM_PATH_OPTION, description: 'accepted, without effect' }

export const buildMinirootfsCommand: CommandSpec = {
  name: 'build-minirootfs',
  usage: 'CONFIG OUTPUT',
  summary: 'Build the root file system of one architecture as an uncompressed tar.',
  examples: [
    'apko-ts build-minirootfs image.yaml rootfs.tar',
    'apko-ts build-minirootfs image.yaml rootfs.tar --build-arch aarch64',
  ],
  args: { min: 2, max: 2 },
  options: [...shared, CACHE_OPTION, IGNORE_SIGNATURES_OPTION, ignored],
  load: () => import('../commands/build-minirootfs.ts'),
}

export const buildCpioCommand: CommandSpec = {
  name: 'build-cpio',
  usage: 'CONFIG OUTPUT',
  summary: 'Build the root file system of one architecture as a cpio archive (newc), such as an initramfs.',
  details: 'An output name that ends in .gz is compressed.',
  examples: [
    'apko-ts build-cpio image.yaml initramfs.cpio.gz',
    'apko-ts build-cpio image.yaml rootfs.cpio --build-arch aarch64',
  ],
  args: { min: 2, max: 2 },
  options: [...shared, CACHE_OPTION, ignored],
  load: () => import('../commands/build-cpio.ts'),
}
