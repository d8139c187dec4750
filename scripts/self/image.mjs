import { mkdirSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import { readImage } from '../quickstart/archive.mjs'
import { runCommand } from '../quickstart/command.mjs'
import { SELF } from './places.mjs'

export const TAG = 'apko-ts:self'

/** Assembles the image; returns its ID. No path of this machine gets into it. */
export async function buildImage({ arch, places }, report) {
  rmSync(places.sbom, { recursive: true, force: true })
  mkdirSync(places.sbom, { recursive: true })
  // The image records where its packages came from as the command line has it.
  const near = (path) => relative(places.base, path)
  const repositories = [
    ...['--build-repository-append', near(places.packages), '--keyring-append', near(`${places.key}.pub`)],
    ...[
      '--build-repository-append',
      near(places.runtime),
      '--keyring-append',
      near(join(places.runtime, 'import.rsa.pub')),
    ],
  ]
  const flags = [
    '--arch',
    arch,
    '--sbom-path',
    places.sbom,
    '--cache-dir',
    places.cache,
    '--vcs=false',
    '-C',
    places.base,
  ]
  await runCommand('apko-ts', ['build', join(SELF, 'image.yaml'), TAG, places.image, ...repositories, ...flags], {
    report,
  })
  return (await readImage(places.image)).id
}

/** What takes the space: each package's size installed and as a file, largest first, in MB. */
export async function sizes({ arch, places }) {
  const { layers } = await readImage(places.image)
  const { parseTar } = await import('@apkts/archive')
  const { parseInstalled, packageFileName } = await import('@apkts/apk')
  const database = layers
    .flatMap(({ tar }) => parseTar(tar))
    .find(({ header }) => header.path === 'usr/lib/apk/db/installed')
  const records = parseInstalled(Buffer.from(database.content).toString()).map(({ record }) => record)
  const rows = records.map((record) => ({
    name: record.name,
    installed: Number(record.installedSize),
    packed: fileSize([places.packages, places.runtime], arch, packageFileName(record)),
  }))
  return {
    rows: rows.sort((a, b) => b.installed - a.installed),
    image: statSync(places.image).size,
    unpacked: layers.reduce((sum, { tar }) => sum + tar.length, 0),
    sboms: readdirSync(places.sbom).map((name) => join(places.sbom, name)),
  }
}

function fileSize(repositories, arch, name) {
  const found = repositories.map((place) => join(place, arch)).find((place) => readdirSync(place).includes(name))
  return statSync(join(found, name)).size
}
