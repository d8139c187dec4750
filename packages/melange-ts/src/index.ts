export {
  analyse,
  type Generated,
  NO_SCA_OPTIONS,
  type ScaBuild,
  type ScaOptions,
  type ScaPackage,
} from './sca/index.ts'
export { type PackageTree, type TreeEntry, treeFromTar } from './tree/index.ts'
