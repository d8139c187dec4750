export type { HttpEnvironment, Waiting } from '@apkts/http'
export { type CachePlace, cachePlace } from './cache-path.ts'
export {
  type FetchablePackage,
  type LockedReference,
  openRepositories,
  type RepositoryClient,
  type RepositoryOptions,
  referenceOf,
  type TrustOptions,
} from './client.ts'
export { RepositoryError, type RepositoryErrorCode } from './error.ts'
export type { FetchedFile, FetchFileOptions } from './fetch-file.ts'
export type { LoadedIndex } from './index/load.ts'
export { DIGESTS } from './index/remote.ts'
export type { RepositoryLimits } from './limits.ts'
export { buildRepositoryList, isRemote, parseRepositoryLine, type RepositoryLine } from './line.ts'
export type { ExpandedPackage, PackageEntry } from './package/expanded.ts'
export type { PackageSource } from './package/fetch.ts'
export type { PackageFile } from './package/original.ts'
export { openPackagePieces, type PackagePiece, type PackagePieces } from './package/pieces/index.ts'
export type { PackageReference } from './package/reference.ts'
export { checkUnchanged } from './package/unchanged.ts'
export { indexUrl, packageUrl, redactUrl, stripUserInfo } from './urls.ts'
