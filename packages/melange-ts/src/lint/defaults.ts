/** Linters that must pass unless the command line says otherwise. */
export const DEFAULT_REQUIRED = [
  'dev',
  'infodir',
  'libtool/la-files',
  'setuidgid',
  'tempdir',
  'usrmerge',
  'varempty',
  'worldwrite',
]

/** Linters that only warn unless the command line says otherwise. */
export const DEFAULT_WARNING = [
  'binaryarch',
  'cudaruntimelib',
  'dll',
  'duplicate',
  'dylib',
  'lddcheck',
  'maninfo',
  'nonlinux',
  'object',
  'opt',
  'pkgconf',
  'python/docs',
  'python/multiple',
  'python/test',
  'sbom',
  'srv',
  'staticarchive',
  'strip',
  'unsupportedarch',
  'usrlocal',
]
