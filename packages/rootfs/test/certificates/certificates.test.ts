import { X509Certificate } from 'node:crypto'
import { instant, sha256Hex } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import { addCertificates } from '../../src/certificates/certificates.ts'
import { formatKeyStore, parseKeyStore } from '../../src/certificates/jks.ts'
import { readFileAt, readTextAt } from '../../src/index.ts'
import { alpha, beta } from '../support/certificates.ts'
import { BUILD_TIME, compose, dir, file, type PackageSpec } from '../support/make.ts'

const BUNDLE = 'etc/ssl/certs/ca-certificates.crt'
const STORE = 'etc/ssl/certs/java/cacerts'

const fingerprint = (pem: string) => sha256Hex(new X509Certificate(pem).raw)
const bundle: PackageSpec = { name: 'bundle', entries: [dir('etc/ssl/certs'), file(BUNDLE, 'OLD\n')] }
const named = (name: string, content: string) => ({ certificates: { additional: [{ name, content }], providers: [] } })

describe('certificates', () => {
  test('an additional one is installed, and appended to the bundle', async () => {
    const { tree } = await compose([bundle], named('Corp.1', `leading\n${alpha}trailing`))
    const path = `usr/local/share/ca-certificates/Corp.1-${fingerprint(alpha)}.crt`
    expect(await readTextAt(tree, path)).toBe(alpha)
    expect(tree.get(path)).toMatchObject({ mode: 0o644, mtime: BUILD_TIME })
    expect(await readTextAt(tree, BUNDLE)).toBe(`OLD\n${alpha}\n`)
    expect(tree.get(BUNDLE)).toMatchObject({ mtime: BUILD_TIME, owner: { name: 'bundle' } })
  })

  test('those of providers count in path order; other files and other packages do not', async () => {
    const folder = 'usr/local/share/ca-certificates'
    const ships = (name: string, provides: string, files: [string, string][]): PackageSpec => ({
      name,
      info: [`provides = ${provides}`],
      entries: [dir(folder), ...files.map(([path, content]) => file(`${folder}/${path}`, content))],
    })
    const { tree } = await compose(
      [
        bundle,
        ships('a', 'corp', [
          ['z.crt', alpha],
          ['two.pem', alpha + beta],
          ['c.txt', alpha],
        ]),
        ships('b', 'corp', [['a.pem', beta]]),
        ships('c', 'corp=1', [['x.crt', beta]]),
      ],
      { certificates: { additional: [], providers: ['corp'] } },
    )
    expect(await readTextAt(tree, BUNDLE)).toBe(`OLD\n${beta}\n${alpha}\n`)
  })

  test('the Java truststore gets an entry in lower case and keeps the others', async () => {
    const old = { kind: 'certificate' as const, alias: 'old', created: 1n, type: 'X.509', der: Uint8Array.of(1) }
    const store = { name: 'java', entries: [dir('etc/ssl/certs/java'), file(STORE, '', { mode: 0o444 })] }
    const input = await compose([store])
    input.tree.writeFile(STORE, formatKeyStore([old], 'changeit'), 0o644)
    await addCertificates(input.tree, {
      ...named('Corp', alpha),
      installed: [],
      imageDate: { ...instant(5), nanos: 7_900_000 },
    })
    const entries = parseKeyStore((await readFileAt(input.tree, STORE))!, 'changeit', STORE)
    expect(entries.map(({ alias, created }) => [alias, created])).toEqual([
      [`corp-${fingerprint(alpha)}`, 5007n],
      ['old', 1n],
    ])
    expect(input.tree.get(STORE)).toMatchObject({ mode: 0o444, mtime: 5 })
  })

  test('every trust store has its checksum beside it, also without configured certificates', async () => {
    const { tree } = await compose([bundle])
    expect(await readTextAt(tree, 'etc/ssl/certs/.ca-certificates.crt.sha256')).toBe(
      `${sha256Hex('OLD\n')}  ca-certificates.crt\n`,
    )
  })

  test.each([
    ['no PEM', 'text', /"x": expected a PEM block, found none/],
    ['two', alpha + beta, /"x".*multiple/],
    ['a key', alpha.replaceAll('CERTIFICATE', 'PUBLIC KEY'), /found PUBLIC KEY/],
    ['nonsense', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', /X\.509/],
  ])('%s is refused', async (_, content, message) => {
    await expect(compose([], named('x', content))).rejects.toMatchObject({
      code: 'CERTIFICATE_INVALID',
      message: expect.stringMatching(message),
    })
  })
})
