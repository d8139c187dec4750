import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { packageRecord, writeIndexArchive } from '@apkts/apk'

/** Writes an unsigned index with one record per line, `name-version D:dep,dep p:provided i:name`, below a directory. */
export async function writePlainIndex(directory: string, arch: string, lines: readonly string[]): Promise<void> {
  const path = join(directory, arch, 'APKINDEX.tar.gz')
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, writeIndexArchive(lines.map((line) => recordOf(line, arch))))
}

function recordOf(line: string, arch: string) {
  const [build = '', ...rest] = line.split(' ')
  const [, name, version] = /^(.*?)-(\d[^-]*-r\d+)$/.exec(build) ?? []
  if (name === undefined || version === undefined) throw new Error(`not a build: ${build}`)
  const list = (letter: string) =>
    rest.filter((field) => field.startsWith(`${letter}:`)).flatMap((field) => field.slice(2).split(','))
  return packageRecord({
    name,
    version,
    arch,
    dependencies: list('D'),
    provides: list('p'),
    installIf: list('i'),
    checksum: new Uint8Array(20),
  })
}
