export { ApkError, type ApkErrorCode } from './error.ts'
export {
  type EarlierIndex,
  type IndexArchive,
  type IndexEntries,
  type ReadIndexOptions,
  readIndexArchive,
  readIndexEntries,
  writeIndexArchive,
  writeIndexEntries,
} from './index/archive.ts'
export {
  type FormatIndexOptions,
  formatIndex,
  parseRecordText,
  type RecordText,
  recordText,
} from './index/format.ts'
export { type MergeOptions, mergeIndexText } from './index/merge.ts'
export { parseIndex } from './index/parse.ts'
export { parseIndexLazily } from './index/parse-lazily.ts'
export {
  formatInstalledFiles,
  formatInstalledRecord,
  type InstalledInput,
  joinInstalledRecord,
} from './installed/format.ts'
export { cleanPath, sortInstalledPaths } from './installed/order.ts'
export { type InstalledFile, type InstalledPackage, parseInstalled } from './installed/parse.ts'
export { formatScripts, formatTriggers, isScript, type ScriptSource } from './installed/scripts.ts'
export { CHECKSUM_RECORD, fileChecksum } from './package/checksum.ts'
export { assembleControl, type PackageScripts, rootFile } from './package/control.ts'
export { type DataEntry, DataScanner, type DataScannerOptions, type RecordedFile } from './package/data-scanner.ts'
export { type ExpandedApk, expandApk } from './package/expand.ts'
export type { DataDigests, ExpandOptions, WholeData } from './package/expand-options.ts'
export { checkControl, checkIntegrity, type IntegrityInput } from './package/integrity.ts'
export { type ApkLimits, DEFAULT_LIMITS, limitOf } from './package/limits.ts'
export { type ApkSections, type ControlPart, checkStart, type SectionRange, sectionError } from './package/section.ts'
export { type SplitPackage, splitApk, splitControl } from './package/split.ts'
export { formatPkgInfo, type PkgInfoInput } from './pkginfo/format.ts'
export { type PkgInfo, parsePkgInfo } from './pkginfo/parse.ts'
export { type PkgInfoProblem, pkgInfoProblems } from './pkginfo/problems.ts'
export {
  checksumText,
  type PackageRecord,
  packageFileName,
  packageRecord,
  parseChecksumText,
  recordFromPackage,
} from './record.ts'
export { compareVersions, isValidVersion } from './version/apk-tools.ts'
export { type ApkoVersion, compareApkoVersions, parseVersion } from './version/apko.ts'
export { type Constraint, type Operator, parseConstraint } from './version/constraint.ts'
export {
  type Dependency,
  type DependencyOperator,
  formatDependency,
  parseDependency,
  satisfiesDependency,
} from './version/dependency.ts'
export { satisfies } from './version/satisfies.ts'
