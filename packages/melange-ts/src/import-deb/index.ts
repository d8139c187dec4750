export { hostArchitecture } from './architecture.ts'
export { ImportError, type ImportErrorCode } from './error.ts'
export { importDebs } from './import-deb.ts'
export type { ImportOptions, ImportResult } from './options.ts'
