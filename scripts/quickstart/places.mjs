import { join, resolve } from 'node:path'

export const ROOT = resolve(import.meta.dirname, '../..')
export const EXAMPLE = join(ROOT, 'examples/greeter')

/** The two commands, built. */
export const COMMANDS = {
  'melange-ts': join(ROOT, 'packages/melange-ts/bin/melange-ts.js'),
  'apko-ts': join(ROOT, 'packages/apko-ts/bin/apko-ts.js'),
}

/** Everything a run makes, below `.quickstart/‹kind›`. */
export function placesOf(kind) {
  const base = join(ROOT, '.quickstart', kind)
  return {
    base,
    toolchain: join(base, 'toolchain'),
    debs: join(base, 'debs'),
    cache: join(base, 'cache'),
    key: join(base, 'greeter.rsa'),
    packages: join(base, 'packages'),
    image: join(base, 'greeter.tar'),
    sbom: join(base, 'sbom'),
    rootfs: join(base, 'rootfs'),
    bundle: join(base, 'bundle'),
    state: join(base, 'state.json'),
  }
}
