export { type AdvertiseOptions, advertise, type NewLink, newLink } from './advertise.ts'
export { type BlobStore, openBlobStore } from './blob-store.ts'
export { formatChecked, readChecked } from './checked-json.ts'
export { CacheError, type CacheErrorCode } from './error.ts'
export { type FileIdentity, identifyFile, isSameFile } from './file-identity.ts'
export { isRunning } from './is-running.ts'
export {
  bootId,
  ownedName,
  ownerIsGone,
  ownerText,
  removeAbandoned,
  removeAbandonedDirectories,
} from './owner.ts'
export { type Publication, publishFile, temporaryName, writeFileAtomic, writeThenPublish } from './publish.ts'
export { type CacheEnvironment, defaultCacheDir, directorySize, removeCache } from './root.ts'
export { openTemporaryDirectory, type TemporaryDirectory } from './temporary.ts'
export { touch } from './touch.ts'
