import { readFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { readImage } from './archive.mjs'
import { Failure } from './failure.mjs'

const INSTALLED = 'usr/lib/apk/db/installed'

/**
 * Follows the chain from key to image: each index is signed by a known key, each package of the image is the one that
 * index names and is whole, and the image's layers are those its configuration names.
 */
export async function verifyChain(toolchain, imageFile, report) {
  const { places, arch } = toolchain
  const own = await verifiedIndex(join(places.packages, arch), `${places.key}.pub`)
  report(`index of the packages: signed by ${own.keyName}`)
  const indexes = [own]
  if (toolchain.kind === 'debian') {
    const theirs = await verifiedIndex(join(places.toolchain, arch), toolchain.key)
    report(`index of the toolchain: signed by ${theirs.keyName}`)
    indexes.push(theirs)
  }
  const image = await readImage(imageFile)
  const packages = await installedPackages(image)
  for (const one of packages) await verifyInstalled(one, indexes, toolchain)
  report(`${packages.length} packages in the image: each one as its signed index says, whole and signed`)
  report(`image ${image.id.slice(0, 19)}…: ${image.layers.length} layers as its configuration says`)
  return { packages, image }
}

async function verifiedIndex(directory, keyFile) {
  const { verifyIndex } = await import('@apkts/keyring')
  const { readIndexArchive } = await import('@apkts/apk')
  const keys = new Map([[basename(keyFile), readFileSync(keyFile, 'utf8')]])
  const file = join(directory, 'APKINDEX.tar.gz')
  const { signedBytes, keyName } = verifyIndex(readFileSync(file), keys, file)
  return { directory, keys, keyName, records: readIndexArchive(signedBytes).records }
}

async function installedPackages({ layers }) {
  const { parseTar } = await import('@apkts/archive')
  const { parseInstalled } = await import('@apkts/apk')
  const database = layers.flatMap(({ tar }) => parseTar(tar)).find(({ header }) => header.path === INSTALLED)
  if (database === undefined) throw new Failure(`the image has no ${INSTALLED}`)
  return parseInstalled(Buffer.from(database.content).toString()).map(({ record }) => record)
}

async function verifyInstalled(installed, indexes, toolchain) {
  const { packageFileName, checksumText } = await import('@apkts/apk')
  const { verifyPackage } = await import('@apkts/keyring')
  const checksum = checksumText(installed.checksum)
  for (const { directory, keys, records } of indexes) {
    const record = records.find(({ name, version }) => name === installed.name && version === installed.version)
    if (record === undefined || checksumText(record.checksum) !== checksum) continue
    const { outcome } = verifyPackage(readFileSync(join(directory, packageFileName(record))), keys, record.name)
    if (outcome !== 'ok') throw new Failure(`${record.name}: its signature is ${outcome}`)
    return
  }
  // Packages of a remote repository were verified when they were fetched.
  if (toolchain.kind === 'debian') throw new Failure(`${installed.name} ${installed.version} is in no signed index`)
}
