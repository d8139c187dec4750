import { dirname } from 'node:path'
import { packageRecord, recordText } from '@apkts/apk'
import { readPrivateKeyFile } from '@apkts/keyring'
import { openOwnBodies, signIndexFile, signPackageFile, updateIndex } from '../../src/index-repo/index.ts'

/**
 * Merges into an index, signs another and signs a package, all at the same time and without end or for so many rounds:
 * whoever kills this process kills all three in the middle of something. Prints a line when it is at work.
 */
const [merged = '', signedIndex = '', apk = '', keyFile = '', rounds = 'Infinity'] = process.argv.slice(2)
const key = await readPrivateKeyFile(keyFile)
const trusted = new Map([[key.name, key.publicPem]])
const bodies = openOwnBodies(merged, { HOME: dirname(merged) })

async function merge(round: number): Promise<void> {
  const name = `p${process.pid}-${round}`
  const records = [recordText(packageRecord({ name, version: '1-r0', description: 'x'.repeat(2_000) }))]
  await updateIndex({ output: merged, source: merged, records, key, trusted, bodies })
}

async function again(work: (round: number) => Promise<unknown>): Promise<void> {
  for (let round = 0; round < Number(rounds); round++) await work(round)
}

const running = [
  again(merge),
  again(() => signIndexFile(signedIndex, key, { existing: 'drop' })),
  again(() => signPackageFile(apk, key)),
]
process.stdout.write('at work\n')
await Promise.all(running)
