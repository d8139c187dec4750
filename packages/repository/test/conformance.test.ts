import { existsSync, readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { checksumText } from '@apkts/apk'
import { openTemporaryDirectory, type TemporaryDirectory } from '@apkts/cache'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openRepositories, packageUrl } from '../src/index.ts'

const data = process.env.CONFORMANCE_DATA ?? resolve(import.meta.dirname, '../../../../shared/data')
const repos = resolve(data, 'repos')
const present = existsSync(repos)
const skipped = present ? '' : ' (skipped: conformance data not present)'

const rows = [
  { repository: 'synthetic/main', key: 'synthetic/synthetic.rsa.pub' },
  { repository: 'synthetic/extra', key: 'synthetic/synthetic.rsa.pub' },
  { repository: 'apko-testdata/packages', key: 'apko-testdata/melange.rsa.pub' },
  {
    repository: 'apko-testdata/private_packages/packages',
    key: 'apko-testdata/private_packages/private_pkg_key.rsa.pub',
  },
].flatMap((row) => ['x86_64', 'aarch64'].map((arch) => ({ ...row, arch })))

describe.skipIf(!present)(`recorded repositories${skipped}`, () => {
  let temporary: TemporaryDirectory

  beforeAll(async () => {
    temporary = await openTemporaryDirectory('repository-data-')
  })

  afterAll(() => temporary.close())

  test.each(rows)(
    '$repository for $arch verifies, and so does every package, cold and from the cache',
    async ({ repository, key, arch }) => {
      const location = resolve(repos, repository)
      const keys = new Map([[key.split('/').at(-1)!, readFileSync(resolve(repos, key), 'utf8')]])
      for (const offline of [false, true]) {
        const client = openRepositories({ keys, cacheDir: temporary.path, offline })
        const [index] = await client.loadIndexes([location], arch)
        expect(index!.records.length).toBeGreaterThan(0)
        for (const record of index!.records) {
          const fetched = await client.fetchPackage({ record, location, arch })
          expect(checksumText(fetched.controlSha1)).toBe(checksumText(record.checksum))
          expect(fetched.fileSize).toBe(statSync(packageUrl(location, arch, record)).size)
        }
        await client.close()
      }
    },
  )
})
