export { encodeCapabilities, type FileCapabilities, withCapabilities } from './capabilities.ts'
export { type DataOptions, type Ownership, writeDataSection } from './data-section.ts'
export { EmitError, type EmitErrorCode } from './error.ts'
export { installedSize } from './installed-size.ts'
export {
  type EmitOptions,
  type EmittedPackage,
  emitPackage,
  type PackagePlan,
} from './package.ts'
export { mergeRelations, type Relations } from './relations.ts'
