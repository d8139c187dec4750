/** Set by the bundler from package.json; sources that run unbundled are a development version. */
export const VERSION: string = process.env.APKTS_VERSION ?? 'devel'

export const SUMMARY = 'builds minimal, reproducible container images from apk packages'
