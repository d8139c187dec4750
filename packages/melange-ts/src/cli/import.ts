import type { CommandSpec } from '@apkts/diagnostics/cli'

/** `melange-ts import deb`. */
export const importDebCommand: CommandSpec = {
  name: 'import deb',
  usage: 'NAME|FILE...',
  summary: 'Turn Debian packages into a signed apk repository that recipes can build with.',
  details: `
NAME is a Debian package or an alias such as build-base; it is fetched by apt with everything it needs, whatever is
installed on this machine. FILE is a .deb (a path with a slash, or a name that ends in .deb). Importing again converts
only what has changed. Without --signing-key a key is made in the repository directory and used from then on.`,
  examples: [
    'melange-ts import deb build-base busybox scanelf --out-dir toolchain',
    'melange-ts import deb ./foo_1.0-1_amd64.deb --no-deps --out-dir toolchain --signing-key melange.rsa',
  ],
  args: { min: 1, max: Number.POSITIVE_INFINITY },
  options: [
    { name: 'out-dir', type: 'string', default: './packages', description: 'repository directory', value: 'DIR' },
    { name: 'arch', type: 'string', description: 'architecture (default: that of this machine)', value: 'ARCH' },
    { name: 'signing-key', type: 'string', description: 'private key for packages and index', value: 'FILE' },
    {
      name: 'download-dir',
      type: 'string',
      description: 'where downloaded .deb files are kept (default: .debs in the repository directory)',
      value: 'DIR',
    },
    { name: 'no-deps', type: 'bool', description: 'import exactly the named packages, not what they need' },
    { name: 'with-docs', type: 'bool', description: 'keep manuals, translations and /usr/share/doc' },
    { name: 'keep-epoch', type: 'bool', description: "put Debian's epoch in front of the first version number" },
    {
      name: 'jobs',
      type: 'int',
      default: '0',
      description: 'conversions at the same time; 0 means one per processor',
      value: 'N',
    },
  ],
  load: async () => await import('./run-import-deb.ts'),
}
