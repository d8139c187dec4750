import { gunzipSync } from 'node:zlib'
import { concatBytes, hex, sha256Hex } from '@apkts/encoding'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  deflateBlock,
  goGzip,
  inflateMember,
  melangeBlockGzip,
  melangeBlockGzipSync,
  melangeGzip,
  TAR_END,
  tarHeader,
  writeTar,
} from '../../src/index.ts'
import { DIGESTS } from './digests.ts'
import { INPUTS } from './inputs.ts'

const WRITERS = { go: goGzip, klauspost: melangeGzip, pgzip: melangeBlockGzipSync }

function shortDigest(bytes: Uint8Array): string {
  return sha256Hex(bytes).slice(0, 16)
}

async function collect(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const parts: Uint8Array[] = []
  for await (const chunk of chunks) parts.push(chunk)
  return concatBytes(parts)
}

function cut(bytes: Uint8Array, size: number): Uint8Array[] {
  const parts: Uint8Array[] = []
  for (let start = 0; start < bytes.length; start += size) parts.push(bytes.subarray(start, start + size))
  return parts
}

describe('the bytes are those of the originals', () => {
  test.each(DIGESTS)('%s of %i bytes', (name, size, go, klauspost, pgzip) => {
    const input = INPUTS[name](size)
    expect({
      go: shortDigest(goGzip(input)),
      klauspost: shortDigest(melangeGzip(input)),
      pgzip: shortDigest(melangeBlockGzipSync(input)),
    }).toEqual({ go, klauspost, pgzip })
  })

  const text: [number, number, string, number, string, number, string][] = [
    [
      0,
      25,
      '56061a2727129d03575feb70ff7d610c6b1fdc7d35159ec124ab237823ee68bd',
      20,
      'd745de7aeb2aad43aa42c3327d96aa9359fc28454e5bb26877b6bbe9501e8eff',
      23,
      '30e6fa98fb48c2b132824d1ac5e2243c0be9e9082ff32598d34d7687ca7f6c7f',
    ],
    [
      1,
      31,
      '2adf044706589b5cdd5fe5b1136b03e4b09e0876d1094fe08c1fe91a72ba6d4d',
      26,
      '1c651d2de1a8155fde9ab9779c72a28ce42f04d4d9884b418c099d379c0bcc3c',
      25,
      '4ef6d2d35713b83af1084c46287d73f59b9c4f98e6a8a8de8108f09cc0b96b04',
    ],
    [
      1000,
      611,
      '01ae58a32273a4a5c731a84d9d933a71c7e2a2f76294ee817a5b7c136c785074',
      606,
      '627e61cd728d24c39bee2aefde0fcc94e95255c70cc62245bef47b9f33e99c00',
      619,
      '0524460049456aacf92478e55135f040760c36508f2e26f7d1014ca1e8891f82',
    ],
    [
      1048576,
      626879,
      '1d54eaf827b8c91756555d94b23a26ae43f5abb150ba7133fc610964a1033c0f',
      626869,
      'bf75361a587177f898ef1237eadb9b404708d87dab4e7af446c4f0ea13af2b64',
      613483,
      'f7fd1934347c420620c1ff0eafee3f86c0e8f7bdfd58d372c1f3bce2d63154c1',
    ],
    [
      1048577,
      626885,
      '57d413db910f6d3f1939c03d1e268438255ca974ffaef6ed0c5a9a823ed51aaf',
      626870,
      '57cf949c566d7d885c2b4519a4b373c7ebc01a5667a614846df0f4546c8d0fab',
      613483,
      '00ed47c1675149d33961a263398a26ddadf1568fc49e123e0f2a9ca7abac0bb2',
    ],
    [
      3158073,
      1888372,
      '3e46ee6262545d855bb88a1d917284f0bc1076fdcb7aaf4ea310eb4096c45237',
      1888472,
      '24aeea2c13ab41e40c2e274ff81d655dee3b57c7752721befb1664ec94515dac',
      1847641,
      '3f76d23d9c7f7a36f623252204e0018e2b27488a08371667645f2b2c871cfbea',
    ],
  ]
  test.each(text)('the first %i bytes of a text', (size, ...expected) => {
    const input = INPUTS.text(size)
    const outputs = [melangeBlockGzipSync(input), melangeGzip(input), goGzip(input)]
    expect(outputs.flatMap((output) => [output.length, sha256Hex(output)])).toEqual(expected)
  })

  const tiny: [keyof typeof WRITERS, string, string][] = [
    ['go', '', '1f8b08000000000000ff010000ffff0000000000000000'],
    ['klauspost', '', '1f8b080000096e8800ff03000000000000000000'],
    ['pgzip', '', '1f8b080000096e8800ff000000ffff03000000000000000000'],
    ['go', 'h', '1f8b08000000000000ffca00040000ffffe7066b9101000000'],
    ['klauspost', 'h', '1f8b080000096e8800ff000100feff680300e7066b9101000000'],
    ['pgzip', 'h', '1f8b080000096e8800ff000100feff68000000ffff0300e7066b9101000000'],
  ]
  test.each(tiny)('%s of %j', (writer, input, expected) => {
    expect(hex(WRITERS[writer](Buffer.from(input)))).toBe(expected)
  })
})

describe('a package of melange', () => {
  const PACKAGE = Buffer.from(
    'H4sIAAAAAAAA/9IL9nT30wsKdjQyNdMrLkhN1i1JLS7RKypO1CsoTWKgCjAwMDAwMzEB0wYGBui0gYmBAYOhiamRibk5mG1gaGpuasSgYEAd6/GD0uKSxCIGA4Oi/PwSfOoIyaN7boiA7N+qxik3rzjHG7w/ueLIh829zRfn3F5e/GiuaN2rtx5Xzp1N2TPnZZfHzGUslhHLFJ4V/fq8MsrTwIih4GW77dMXKjkfhGa9mfC2k3uN/qkDx/o3XlSaPvnRL/YLCzyX9feeXPu4cMar75OuXPsuH9NzhPH8Rrb3nL/DrmyO3LKl7fjzxbEveTrNQ3QSmk713Lv3MYCl86ia14XHiz0nfwx/bRd3ijOP+YTjqtKTD8+5fBW64ve2S6ftjgSjtsDaHUaGhnk/nnd+ecXkojGjf58cg4pCj8Ltp8+undCdyrRpv/O5al5fPbe6enPLW5yT1+V4/5pSdC+u2+h1q/j8GTvDfEIcIxLOaC3wmO1yV2+gw3+gASAAAP//USkT3gAEAAAfiwgAAAluiAD/7JPNbpwwEID37KeYJuewY2NMQOLaKKr6c+i9MvawWAGMsHe16dNXNKsKIVXbQzdKq/0uI8/AoBn8JV8+PDx+ev95c0EQEZWUPyMiriNmabbhMhMyz1HOeS64wg3gosfF2Ieopw3i5H1c5tecq6+GWpbeMrfwQANNOpKF+hl66vSwIzY+7QbdE1Rgqffz8UATVMATvJuQ6cm0UMHxXn1TkgX3fX4yReYnt3PD4i1LwUAF+qXNfuqggjbGMZTbLR11P3aUGN9vmfF97yJUgFykMlP5faFrY6n53ZnVe9dZq+P8aZ6f1o6sc4aGMCc/Pn5llkYaLFQQfNm52iTBJ4qNkz84SwEqML0tW+o6X51GszrqVod5vJxSpVVqG6ksFaibmheZUFSkUmlliiJPm0bwlBuR17ZWtTApylzye1lLKxq22PNbJTn98eRZ992y8Bc55z8qsfI/lSK/+v8a/o/aPOkdlQxgFr58ERXgQFNwfijhhid4wwBo9KYtAf+FS33lj0lGH+KdG0LU3SX9z7PslxqriCj42v8Ms6v/r+H/7btt7YZtaBkdXbzq/Z/pfZYfAwD/QgfoAAwAAB+LCAAACW6IAP/smUtr20AQx3X2p1DpufLM7Es6+BB6cWkgAffS476EQ+MI9AB//CKDI3lbaFxbToz3dxk0WtZ4x/+Z/2Lf2mRqAACUELsIAGHsSZAL4koB7/OIQrAkFcMW09E1ra4TgLqq2iH7J/96H3yp8auPjG/t/FFvl147XzcZzJ3fVJmtXsphzamERxNEQP6a60kASUhK0u1oj8nY13+cuyFknt49fv/y4+HhfpXZtbe/mm6TrZZ3uCicLWzpmGG5UUpI9JbI8EIrYpyRJ4k5ArAZ5enq6/Lb/c9sq9u2zrrG15nzm2qxnY0+KvIB6fU/geQP6EUtB42HEQB40P8ZR5akF9Hkjfd/vcDZ8BS5NbqmHh4m4j/8n0SM/u8S/q9r6rl5ehllzs/x9ScmY/0vWf/DO8DaPz9X41WnER5NEAGBh/5fEov+/939v5ElKF5aDboAhkyZAq2yuZSG0HGvCIRW0T9csX/Y6//Mkj+u/5MI+j/jUkb/fwn///nTrvzNeubtukp3P4Mo6CsW9JH8ff4/jZecTKD3t8x/JIjz/53nv9YltxKds1b4XJPTxjsPJTM8J+sK7XXBGXexXVxxu3id/+eV/AG9qpVSe42/4f8fDiCTlKY0JfH+t7v/RSKR2+U3AAAA//8DACxzeVUAIAAA',
    'base64',
  )

  test('comes out again from its decompressed sections, byte for byte', () => {
    const signature = inflateMember(PACKAGE, 0, 1 << 20)
    const control = inflateMember(PACKAGE, signature.end, 1 << 20)
    const data = inflateMember(PACKAGE, control.end, 1 << 20)
    const again = [goGzip(signature.data), melangeGzip(control.data), melangeBlockGzipSync(data.data)]
    expect(hex(concatBytes(again))).toBe(hex(PACKAGE))
  })

  test.each([
    [0, 379, '9ee564f2345024c6057092a9cde3ba6f23449880c9eddc65a0eb41abca25d848'],
    [1700000000, 388, '7440e02bb5b2ef693cee291540c9361f1c44170893465a06c6b1fa33b4712cc3'],
  ])('has the signature section of time %i', (mtime, length, digest) => {
    const header = tarHeader({
      path: '.SIGN.RSA256.test.rsa.pub',
      type: 'file',
      mode: 0o644,
      uname: 'root',
      gname: 'root',
      size: 256,
      mtime,
    })
    const content = Uint8Array.from({ length: 256 }, (_, index) => index)
    const member = goGzip(writeTar([{ header, content }], { end: false }))
    expect({ length: member.length, digest: sha256Hex(member) }).toEqual({ length, digest })
  })
})

describe('the cut of the input', () => {
  const seam = INPUTS.bytes(70000).copyWithin(65274, 32674, 32694)

  test.each([
    ['whole', seam.length, 'fdca515e0bf8d378'],
    ['by 4096 bytes', 4096, 'fdca515e0bf8d378'],
    ['by bytes', 1, '28572f776a7e95f9'],
  ])('decides how far matches reach where Go moves its buffer: %s', (_, size, digest) => {
    expect(shortDigest(goGzip(cut(seam, size)))).toBe(digest)
  })

  test.each([1000, 65536, 1048576, 1500000])('does not matter to block gzip: chunks of %i', async (size) => {
    const input = INPUTS.records(2_500_000)
    const streamed = await collect(melangeBlockGzip(cut(input, size)))
    expect(sha256Hex(streamed)).toBe(sha256Hex(melangeBlockGzipSync(input)))
  })
})

describe('block gzip', () => {
  const input = INPUTS.text(5_000_000)

  test('deflates up to so many blocks at once and yields them in order', async () => {
    let running = 0
    let most = 0
    const deflate = async (job: Parameters<typeof deflateBlock>[0]): Promise<Uint8Array> => {
      most = Math.max(most, ++running)
      // Later blocks are ready earlier.
      await new Promise((resolve) => setTimeout(resolve, job.isLast ? 0 : 10))
      running--
      return deflateBlock(job)
    }
    const streamed = await collect(melangeBlockGzip([input], { deflate, concurrency: 3 }))
    expect(sha256Hex(streamed)).toBe(sha256Hex(melangeBlockGzipSync(input)))
    expect(most).toBe(3)
  })

  test('passes on the failure of a block', async () => {
    const failure = new Error('the block is lost')
    const deflate = () => Promise.reject(failure)
    await expect(collect(melangeBlockGzip([input], { deflate, concurrency: 4 }))).rejects.toBe(failure)
  })
})

/** Bytes with literal stretches and copies of earlier bytes, over alphabets of all sizes. */
const inputs = fc
  .tuple(
    fc.integer({ min: 1, max: 256 }),
    fc.array(
      fc.oneof(
        fc.record({ literal: fc.uint8Array({ maxLength: 400 }) }),
        fc.record({ back: fc.nat({ max: 40000 }), length: fc.nat({ max: 3000 }) }),
      ),
      { maxLength: 60 },
    ),
  )
  .map(([alphabet, parts]) => {
    const bytes: number[] = []
    for (const part of parts) {
      if ('literal' in part) bytes.push(...part.literal.map((byte) => byte % alphabet))
      else for (let i = 0; i < part.length; i++) bytes.push(bytes[bytes.length - 1 - part.back] ?? 0)
    }
    return Uint8Array.from(bytes)
  })

test.each(Object.entries(WRITERS))('%s: whatever goes in comes out of zlib', (_, write) => {
  fc.assert(
    fc.property(inputs, (input) => {
      expect(Buffer.compare(gunzipSync(write(input)), input)).toBe(0)
    }),
  )
})

test('a view into a larger buffer is compressed like a copy of it', () => {
  const whole = INPUTS.records(300_000)
  const view = whole.subarray(1001, 200_001)
  for (const write of Object.values(WRITERS)) expect(hex(write(view))).toBe(hex(write(view.slice())))
})

test('an end of archive compresses to what the original writes for a package without files', () => {
  expect(hex(melangeBlockGzipSync(TAR_END))).toBe(
    '1f8b080000096e8800ff621805a360148c5800000000ffff03002eafb5ef00040000',
  )
})
