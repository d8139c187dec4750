import { compareBytes } from '@apkts/encoding'

/** The C library a compiler triplet ends in. */
export type Libc = 'gnu' | 'musl'

/** OCI image-spec platform of an image. */
export interface Platform {
  readonly architecture: string
  readonly os: 'linux'
  readonly variant?: string
}

interface ArchRow {
  /** Spelling in repositories. */
  readonly apk: string
  /** Spelling in image configurations; a variant follows a slash. */
  readonly oci: string
  readonly qemu: string
  /** Parts of the compiler triplet before and after the C library's name. */
  readonly gnu: readonly [string, string]
  readonly rust: readonly [string, string]
}

const ROWS: readonly ArchRow[] = [
  { apk: 'x86', oci: '386', qemu: 'i386', gnu: ['i486-pc-linux-', ''], rust: ['i686-unknown-linux-', ''] },
  { apk: 'x86_64', oci: 'amd64', qemu: 'x86_64', gnu: ['x86_64-pc-linux-', ''], rust: ['x86_64-unknown-linux-', ''] },
  unknownVendor({ apk: 'aarch64', oci: 'arm64', qemu: 'aarch64' }),
  {
    apk: 'armhf',
    oci: 'arm/v6',
    qemu: 'arm',
    gnu: ['arm-unknown-linux-', 'eabihf'],
    rust: ['armv6-unknown-linux-', 'eabihf'],
  },
  {
    apk: 'armv7',
    oci: 'arm/v7',
    qemu: 'arm',
    gnu: ['armv7l-unknown-linux-', 'eabihf'],
    rust: ['armv7-unknown-linux-', 'eabihf'],
  },
  unknownVendor({ apk: 'loongarch64', oci: 'loong64', qemu: 'loong64', machine: 'loong64' }),
  unknownVendor({ apk: 'ppc64le', oci: 'ppc64le', qemu: 'ppc64le', machine: 'powerpc64le' }),
  unknownVendor({ apk: 'riscv64', oci: 'riscv64', qemu: 'riscv64' }),
  { apk: 's390x', oci: 's390x', qemu: 's390x', gnu: ['s390x-ibm-linux-', ''], rust: ['s390x-unknown-linux-', ''] },
]

function unknownVendor(row: { apk: string; oci: string; qemu: string; machine?: string }): ArchRow {
  const triplet = [`${row.machine ?? row.apk}-unknown-linux-`, ''] as const
  return { apk: row.apk, oci: row.oci, qemu: row.qemu, gnu: triplet, rust: triplet }
}

const BY_APK: ReadonlyMap<string, ArchRow> = new Map(ROWS.map((row) => [row.apk, row]))
const BY_OCI: ReadonlyMap<string, ArchRow> = new Map(ROWS.map((row) => [row.oci, row]))

/** OCI names of every known architecture, in byte order. */
export const ALL_ARCHS: readonly string[] = ROWS.map((row) => row.oci).sort(compareBytes)

/**
 * OCI name of an architecture in any spelling: `x86_64` → `amd64`, `armv7` → `arm/v7`, `loongarch64` → `loong64`.
 * Text that names none is kept, as apko does; it fails later, when no index exists for it.
 */
export function parseArch(name: string): string {
  return name === 'arm64' || name === 'amd64' ? name : (BY_APK.get(name)?.oci ?? name)
}

/** Repository spelling: `amd64` → `x86_64`. Unknown names are kept. */
export function toApkArch(name: string): string {
  return BY_OCI.get(parseArch(name))?.apk ?? name
}

/** OCI spelling; the same as `parseArch`. */
export function toOciArch(name: string): string {
  return parseArch(name)
}

/** Name of QEMU's emulator for the architecture. Unknown names are kept. */
export function toQemuArch(name: string): string {
  return rowOf(name)?.qemu ?? name
}

/** Compiler triplet such as `x86_64-pc-linux-gnu`. */
export function gnuTriplet(name: string, libc: Libc | string): string {
  const [before, after] = rowOf(name)?.gnu ?? [`${name}-unknown-linux-`, '']
  return `${before}${libc}${after}`
}

/** Rust's target triplet such as `aarch64-unknown-linux-musl`. */
export function rustTriplet(name: string, libc: Libc | string): string {
  const [before, after] = rowOf(name)?.rust ?? [`${name}-unknown-linux-`, '']
  return `${before}${libc}${after}`
}

/** OCI platform: `arm/v7` is architecture `arm`, variant `v7`. */
export function platformOf(name: string): Platform {
  const [architecture = '', variant] = parseArch(name).split('/', 2)
  return variant === undefined ? { architecture, os: 'linux' } : { architecture, os: 'linux', variant }
}

/** Node's `process.arch` as an OCI name. */
export function hostArch(nodeArch: string): string {
  return HOST_ARCHS[nodeArch] ?? nodeArch
}

const HOST_ARCHS: Readonly<Record<string, string>> = {
  x64: 'amd64',
  arm64: 'arm64',
  arm: 'arm/v7',
  ia32: '386',
  loong64: 'loong64',
  ppc64: 'ppc64le',
  riscv64: 'riscv64',
  s390x: 's390x',
}

/**
 * Values of `--arch`: the single value `all` means every known architecture, the single value `host` the running
 * machine's; anything else is parsed, made unique and sorted by OCI name in byte order.
 */
export function parseArchList(values: readonly string[], host: string): string[] {
  if (values.length === 1 && values[0] === 'all') return [...ALL_ARCHS]
  if (values.length === 1 && values[0] === 'host') return [host]
  return [...new Set(values.map(parseArch))].sort(compareBytes)
}

function rowOf(name: string): ArchRow | undefined {
  return BY_OCI.get(parseArch(name))
}
