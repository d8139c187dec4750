export { type Declared, type Detection, licenseDifferences } from './check.ts'
export { findLicenseFiles } from './find.ts'
export { identifyLicense } from './identify.ts'
export { isLicenseName, licenseWeight } from './names.ts'
