import { goGzip, melangeBlockGzipSync, melangeGzip } from '@apkts/archive'
import { sha256Hex, utf8 } from '@apkts/encoding'
import { buildSignatureMember } from '@apkts/keyring'
import { type Fact, fact } from './fact.ts'

const ALPHABET = utf8('abcdefghijklmnopqrstuvwxyz      ')

const WRITERS = {
  'block gzip': melangeBlockGzipSync,
  'klauspost gzip': melangeGzip,
  'Go standard gzip': (bytes: Uint8Array) => goGzip(bytes),
}

type Row = readonly [size: number, ...outputs: readonly (readonly [length: number, sha256: string])[]]

/** Outputs of the original's three compressors for the first bytes of a fixed sequence (apk v2 worked example). */
const ROWS: readonly Row[] = [
  [
    0,
    [25, '56061a2727129d03575feb70ff7d610c6b1fdc7d35159ec124ab237823ee68bd'],
    [20, 'd745de7aeb2aad43aa42c3327d96aa9359fc28454e5bb26877b6bbe9501e8eff'],
    [23, '30e6fa98fb48c2b132824d1ac5e2243c0be9e9082ff32598d34d7687ca7f6c7f'],
  ],
  [
    1,
    [31, '2adf044706589b5cdd5fe5b1136b03e4b09e0876d1094fe08c1fe91a72ba6d4d'],
    [26, '1c651d2de1a8155fde9ab9779c72a28ce42f04d4d9884b418c099d379c0bcc3c'],
    [25, '4ef6d2d35713b83af1084c46287d73f59b9c4f98e6a8a8de8108f09cc0b96b04'],
  ],
  [
    1000,
    [611, '01ae58a32273a4a5c731a84d9d933a71c7e2a2f76294ee817a5b7c136c785074'],
    [606, '627e61cd728d24c39bee2aefde0fcc94e95255c70cc62245bef47b9f33e99c00'],
    [619, '0524460049456aacf92478e55135f040760c36508f2e26f7d1014ca1e8891f82'],
  ],
  [
    1048576,
    [626879, '1d54eaf827b8c91756555d94b23a26ae43f5abb150ba7133fc610964a1033c0f'],
    [626869, 'bf75361a587177f898ef1237eadb9b404708d87dab4e7af446c4f0ea13af2b64'],
    [613483, 'f7fd1934347c420620c1ff0eafee3f86c0e8f7bdfd58d372c1f3bce2d63154c1'],
  ],
  [
    1048577,
    [626885, '57d413db910f6d3f1939c03d1e268438255ca974ffaef6ed0c5a9a823ed51aaf'],
    [626870, '57cf949c566d7d885c2b4519a4b373c7ebc01a5667a614846df0f4546c8d0fab'],
    [613483, '00ed47c1675149d33961a263398a26ddadf1568fc49e123e0f2a9ca7abac0bb2'],
  ],
  [
    3158073,
    [1888372, '3e46ee6262545d855bb88a1d917284f0bc1076fdcb7aaf4ea310eb4096c45237'],
    [1888472, '24aeea2c13ab41e40c2e274ff81d655dee3b57c7752721befb1664ec94515dac'],
    [1847641, '3f76d23d9c7f7a36f623252204e0018e2b27488a08371667645f2b2c871cfbea'],
  ],
]

/** Signature members of 256 known bytes, by time. */
const MEMBERS = [
  [0, 379, '9ee564f2345024c6057092a9cde3ba6f23449880c9eddc65a0eb41abca25d848'],
  [1700000000, 388, '7440e02bb5b2ef693cee291540c9361f1c44170893465a06c6b1fa33b4712cc3'],
] as const

export function* compressorFacts(): Generator<Fact> {
  for (const [size, ...outputs] of ROWS) {
    const input = sequence(size)
    for (const [i, [name, write]] of Object.entries(WRITERS).entries()) {
      const bytes = write(input)
      yield fact(`${name} of ${size} bytes`, outputs[i], [bytes.length, sha256Hex(bytes)])
    }
  }
  for (const [mtime, length, sha256] of MEMBERS) {
    const signature = Uint8Array.from({ length: 256 }, (_, i) => i)
    const bytes = buildSignatureMember({ keyName: 'test.rsa.pub', signature, mtime })
    yield fact(`signature member at ${mtime}`, [length, sha256], [bytes.length, sha256Hex(bytes)])
  }
}

function sequence(size: number): Uint8Array {
  const bytes = new Uint8Array(size)
  let x = 1
  for (let i = 0; i < size; i++) {
    x = (Math.imul(x, 1664525) + 1013904223) >>> 0
    bytes[i] = ALPHABET[x >>> 27]!
  }
  return bytes
}
