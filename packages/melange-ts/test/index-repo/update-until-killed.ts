import { packageRecord } from '@apkts/apk'
import { readPrivateKeyFile } from '@apkts/keyring'
import { signIndexFile, signPackageFile, updateIndex } from '../../src/index-repo/index.ts'

/** Updates and signs the files named on the command line without end; prints a line before each round. */
const [output = '', keyFile = '', apk = ''] = process.argv.slice(2)
const key = await readPrivateKeyFile(keyFile)
for (let round = 0; ; round++) {
  process.stdout.write('round\n')
  const records = [packageRecord({ name: `p${process.pid}-${round}`, version: '1-r0', description: 'x'.repeat(2_000) })]
  await updateIndex({ output, source: output, records, key, trusted: new Map([[key.name, key.publicPem]]) })
  await signIndexFile(output, key, { existing: 'drop' })
  await signPackageFile(apk, key)
}
