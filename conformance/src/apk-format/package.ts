import {
  assembleControl,
  CHECKSUM_RECORD,
  formatIndex,
  formatPkgInfo,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { gunzipAll, melangeBlockGzipSync, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, hex, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import {
  keyIdV3,
  loadPrivateKey,
  loadPublicKey,
  signIndex,
  signPackage,
  stripIndexSignatures,
  verifyIndex,
  verifyPackage,
} from '@apkts/keyring'
import { type Fact, fact } from './fact.ts'
import { TEST_KEY_PEM } from './test-key.ts'

const MTIME = 1700000000
const OWNED = { uname: 'root', gname: 'root', mtime: MTIME }

/** Every piece of one package and its index, whose lengths and digests are known (apk v2 worked example). */
export function* packageFacts(): Generator<Fact> {
  const key = loadPrivateKey(TEST_KEY_PEM, 'spec-test.rsa')
  const dataTar = exampleData()
  const data = melangeBlockGzipSync(dataTar)
  const pkgInfo = examplePkgInfo(sha256Hex(data))
  const control = assembleControl(pkgInfo, MELANGE_YAML, { 'post-install': '#!/bin/sh\nexit 0\n' }, MTIME)
  const unsigned = concatBytes([control, data])
  const signed = signPackage(unsigned, key)
  const split = splitApk(signed, 'demo-1.0-r0.apk')
  const record = recordFromPackage(split.pkgInfo, split.sections.control.digest, signed.length)
  const index = writeIndexArchive([record])
  const signedIndex = signIndex(index, key)
  const pieces: readonly (readonly [name: string, bytes: Uint8Array, length: number, sha256: string])[] = [
    ['data tar', dataTar, 8192, 'fe66216c26f6143c893fe58a72def62a5179ee334be521afb6a8f16cc3d0d78f'],
    ['data part', data, 503, '7e36a63df46de90afb19526e9346a6c9973ff2131c27bdb6b2c30474184b4d2f'],
    ['.PKGINFO', utf8(pkgInfo), 349, '1737a2dd31363f8b2e4266cdd99e8f0116dbf23e001c5540c9ad83e1bd8e6a3c'],
    ['control tar', gunzipAll(control, -1), 3072, 'ed8809dec0ce1ee5d452f37a7dcff978705da7f6643d27d16ad9a7a3d3aee7da'],
    ['control part', control, 452, '89d5e82ae1caa0581592543d12a959853a482f2243e18540cd0646dec7272ca5'],
    ['signature', key.sign(control), 256, '2e4d89cd6229a4e962f075485564a532fb0da9fb8f49087b39b1a8f0f984191a'],
    ['signature part', split.signature!, 395, '2625d30d30f44da8bbffd2fb7b0a1a4188b7c3590903fbf67207a6ce98568cc9'],
    ['unsigned package', unsigned, 955, 'c6dd25d6f2ce6aed44abff77e1b04830739f589d560fbf417d822f501d1246d9'],
    ['package', signed, 1350, '79332bcd7b7221f9bd64539cdc40a2419acbf7713c58dd1e36b91da039f6ce36'],
    [
      'package signed again',
      signPackage(signed, key),
      1350,
      '79332bcd7b7221f9bd64539cdc40a2419acbf7713c58dd1e36b91da039f6ce36',
    ],
    ['index', index, 278, '854b3f6264a4e05d1d0623a2f57384b50817b991b7538ce41fd2b76fd841af43'],
    ['signed index', signedIndex, 664, '905bd85bd3a2d0c5e8824e585ebba956d2e47becc663794aa260ca29a94df3b0'],
    [
      'index signed anew',
      signIndex(stripIndexSignatures(signedIndex), key),
      666,
      'f686f56816a8944263eb6e22fd29533eff3676829d71518f947cb639109b03ef',
    ],
  ]
  for (const [name, bytes, length, sha256] of pieces)
    yield fact(name, [length, sha256], [bytes.length, sha256Hex(bytes)])
  yield fact('package checksum', 'a6c07fd2f1d747c7a2419a165d53a1985c710063', hex(split.sections.control.digest))
  yield fact('index text', INDEX_TEXT, formatIndex([record]))
  const keys = new Map([[key.name, key.publicPem]])
  yield fact('package verifies', 'ok', verifyPackage(signed, keys).outcome)
  yield fact('index verifies', key.name, verifyIndex(signedIndex, keys, 'index').keyName)
  yield fact('key id of apk v3', 'c4c98a2b8ad5d029091663e5a385b8da', keyIdV3(loadPublicKey(key.publicPem, key.name)))
}

const MELANGE_YAML = 'package:\n  name: demo\n  version: "1.0"\n  epoch: 0\n'

const INDEX_TEXT = `C:Q1psB/0vHXR8eiQZoWXVOhmFxxAGM=
P:demo
V:1.0-r0
A:x86_64
S:1350
I:30
T:a demo
U:https://example.com/
L:MIT
o:demo
t:1700000000
c:0123456789abcdef0123456789abcdef01234567
D:so:libc.so.6
p:cmd:hello=1.0-r0

`

function examplePkgInfo(dataHash: string): string {
  return formatPkgInfo({
    name: 'demo',
    version: '1.0-r0',
    arch: 'x86_64',
    installedSize: 30,
    origin: 'demo',
    description: 'a demo',
    url: 'https://example.com/',
    commit: '0123456789abcdef0123456789abcdef01234567',
    buildDate: MTIME,
    licenses: ['MIT'],
    dependencies: ['so:libc.so.6'],
    provides: ['cmd:hello=1.0-r0'],
    dataHash,
  })
}

function exampleData(): Uint8Array {
  return writeTar([
    directory('etc'),
    file('etc/demo.conf', 'a=1\n', 0o640, [['SCHILY.xattr.user.demo', utf8('x')]]),
    directory('usr'),
    directory('usr/bin'),
    file('usr/bin/hello', '#!/bin/sh\necho hello\n', 0o755),
    symlink('usr/bin/hi', 'hello'),
  ])
}

function directory(path: string): TarInput {
  return { header: tarHeader({ path, type: 'directory', ...OWNED }) }
}

function file(path: string, text: string, mode: number, more: readonly [string, Uint8Array][] = []): TarInput {
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(text))], ...more])
  return { header: tarHeader({ path, type: 'file', mode, size: text.length, ...OWNED, pax }), content: utf8(text) }
}

function symlink(path: string, linkname: string): TarInput {
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(linkname))]])
  return { header: tarHeader({ path, type: 'symlink', linkname, ...OWNED, pax }) }
}
