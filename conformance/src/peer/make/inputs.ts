import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { packageFileName, writeIndexArchive } from '@apkts/apk'
import { generateKeyPair, loadPrivateKey, type PrivateKey, signIndex } from '@apkts/keyring'
import { TEST_KEY_PEM } from '../../apk-format/test-key.ts'
import type { PeerCase, RepositorySpec } from '../case.ts'
import { makePackage } from './package.ts'

/** Name of the key that signs what a case signs; its public half is beside the inputs. */
export const CASE_KEY = 'case.rsa'

/** Writes repositories, keys and files of a case into an empty directory; `fill` replaces what texts leave open. */
export async function writeInputs(
  directory: string,
  { repositories, files }: PeerCase,
  fill: (text: string) => string,
): Promise<void> {
  const key = loadPrivateKey(TEST_KEY_PEM, CASE_KEY)
  await writeFile(join(directory, `${CASE_KEY}.pub`), key.publicPem)
  for (const repository of repositories) await writeRepository(directory, repository, key)
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(directory, path)), { recursive: true })
    const text = typeof content === 'string' ? content : JSON.stringify(content, null, 2)
    await writeFile(join(directory, path), fill(text))
  }
}

async function writeRepository(directory: string, repository: RepositorySpec, key: PrivateKey): Promise<void> {
  for (const arch of repository.archs) {
    const place = join(directory, repository.path, arch)
    await mkdir(place, { recursive: true })
    const made = repository.packages
      .filter(({ onlyArch }) => onlyArch === undefined || onlyArch === arch)
      .map((spec) => makePackage(spec, arch, key))
    for (const { bytes, record } of made) await writeFile(join(place, packageFileName(record)), bytes)
    const index = writeIndexArchive(made.map(({ record }) => record))
    const signed = repository.key === undefined ? index : signIndex(index, await keyOf(repository.key, key))
    await writeFile(join(place, 'APKINDEX.tar.gz'), signed)
  }
}

const strangers = new Map<string, PrivateKey>()

// A key that no configuration knows.
async function keyOf(name: string, known: PrivateKey): Promise<PrivateKey> {
  if (name === CASE_KEY) return known
  const found = strangers.get(name)
  if (found !== undefined) return found
  const key = loadPrivateKey((await generateKeyPair({ bits: 2048 })).privatePem, name)
  strangers.set(name, key)
  return key
}
