export { analyse } from './analyse.ts'
export { type ElfFacts, elfFacts } from './elf-facts.ts'
export { ScaError, type ScaErrorCode } from './error.ts'
export { libraryVersion } from './shared-objects.ts'
export {
  type Generated,
  NO_SCA_OPTIONS,
  type ScaBuild,
  type ScaOptions,
  type ScaPackage,
} from './types.ts'
export { type VersionedLibraries, versionedLibraries } from './versioned.ts'
