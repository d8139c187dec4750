import { goJson } from '@apkts/encoding'

/** What compilers note in the programs they make (ELF package metadata). */
export interface PackageNote {
  readonly namespace: string
  readonly name: string
  readonly version: string
  readonly arch: string
  /** Empty when the recipe has none. */
  readonly cpe: string
}

const CLANG_VERSIONS = { first: 15, last: 42 }
const CLANG_ARCHS = ['aarch64', 'x86_64']
const CLANG_DRIVERS = ['clang', 'clang++']

/** Files for the workspace that make gcc, clang and the linker record the package: path → text. */
export function compilerFiles(note: PackageNote): Map<string, string> {
  const metadata = goJson({
    type: 'apk',
    os: note.namespace,
    name: note.name,
    version: note.version,
    architecture: note.arch,
    appCpe: note.cpe === '' ? undefined : note.cpe,
  })
  const files = new Map([
    ['.melange.gcc.spec', `*link:\n+ %{!r:--package-metadata=${metadata}}\n`],
    ['.melange.clang.cfg', `-Xlinker --package-metadata='${metadata}'\n`],
    ['.melange.fdo.h', noteHeader(metadata)],
  ])
  for (let version = CLANG_VERSIONS.first; version <= CLANG_VERSIONS.last; version++) {
    for (const arch of CLANG_ARCHS) {
      for (const driver of CLANG_DRIVERS) {
        const name = `clang-${version}/${arch}-unknown-linux-gnu-${driver}.cfg`
        files.set(`.config/${name}`, `@../../.melange.clang.cfg\n@/etc/${name}\n`)
      }
    }
  }
  return files
}

function noteHeader(metadata: string): string {
  const literal = `"${metadata.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
  return `#ifndef MELANGE_PACKAGE_NOTE_H
#define MELANGE_PACKAGE_NOTE_H

#if defined(__ELF__)

#define MELANGE_PACKAGE_NOTE_JSON ${literal}

static const struct {
  unsigned int namesz, descsz, type;
  char name[4];
  char desc[sizeof(MELANGE_PACKAGE_NOTE_JSON)];
} melange_package_note
    __attribute__((used, retain, section(".note.package"), aligned(4))) = {
        sizeof("FDO"), sizeof(MELANGE_PACKAGE_NOTE_JSON), 0xcafe1a7e, "FDO", MELANGE_PACKAGE_NOTE_JSON};

#endif

#endif
`
}
