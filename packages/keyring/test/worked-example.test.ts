import {
  assembleControl,
  CHECKSUM_RECORD,
  formatPkgInfo,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '@apkts/apk'
import { melangeBlockGzipSync, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, hex, sha1, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  buildSignatureMember,
  keyIdV3,
  loadPrivateKey,
  loadPublicKey,
  signIndex,
  signPackage,
  stripIndexSignatures,
  verifyIndex,
  verifyPackage,
} from '../src/index.ts'

/** A key that everybody knows; it must never be trusted. */
const TEST_KEY = [
  'MIIEogIBAAKCAQEAvvQ8Ryn9q43kESWwmWyM+NwDu9U7/XNmppcdMdEEpamcHiMEYaA1Di7cYU4pdvcMumXLHQQRKFQw1jTMbeS8',
  'LwNI+6XdG3gTH+FZJ0uSgHk72YJhzYOMYiUvp0jQdh2mbVvLVq6sYA887SK70ztldIwlnH9jSIt+ByXpI+OebxRZvfbBh8Yf6dDn',
  '1Bl07UeE0dpzLDf0vNAYoH8wPCDSlsZAHEo+/irD6x92tgniqCwEJYezBCdeq0tqqf23KG9mNyH1hv+Q4baKD4F+7F5CIziRc+Gk',
  'ZND+dvppIs7YeQs1FhQZ0gpIfI9+6ucFwUFcm6lJ88AfzvRWpDF7UB8MoQIDAQABAoIBAAWxvikXx83EMcc6dYANwaJw2oJRGIng',
  'ABv6/k7hqcl65ldBD2djN1HQn0JzlJRMnQo4m4xQ9mYFJLOukri64nW7G65iwtYyiCIiPoiyczr2N+JY8KuylDl1BxfDpHEb7z5B',
  'nNhdOxyzjPXmsZfZ+euLe6+lXi49TVPPPfA+YGzK2aygf785cUPuVlN7o9OzHWA6u1uIZ+5l2mP98eZF9XWv/qoK6GSbqe/n51/0',
  'dhfp/TI+4Bqjqprm5vMABmjEK30uoWdbTS90LgWvpVHA6dKzDvSmWy3OxBZ6keHL77YGGYlwwqhKgQ2OwObjgsntuA7YadWsPYvS',
  'WFE51jvlJgUCgYEA7qWrm4wroSvjn5igPMjbvHN5XmMilw5T4PMQ0mJ8R/ZVarf7TvWMaUc8EkvJrAAe+nutKHUa3mTnZjEnl5yJ',
  'j975fUF+P4RAV1szULp6KseEV3LezeiA9aBg9qi81XEQKXZwxHbLivsUa3iIM9en7ia4Qr/p98WpVUb4FWbd1GMCgYEAzNbGfi0M',
  'st79GS+7gPjwjdB1TtLOydGIHyimUF+IuBVP/v+WtRBW761L+T1BTHuXLNNeUOYk67NPCOUU/Sq2xzDNLgBWPPZpTHCVOHJ7kn8s',
  'pwbSOA1qBzDPR+aC0N3p5kOZijnzxLPDUqGao0QMLmpmhniCd9hnaYO3IgFwICsCgYBSIcxUxUICvxMgyytioBIX4noDxQSTjkfJ',
  '5H2GmoSBU8MD7nvcKeAAH5cKCPFIc+Y1eLkYcm0j2wBUiFhC8onZbPjaZd7oR0DJj8ayYutGq9HdMtiBbyJq5p5YZaxPnRDd5Dhd',
  'NTFKDK1za1Ec3nyaFtNVja0dK/biNYGOBBAWVwKBgEX4u/dQBj135Ldc0c09vFaFNf1GD7NrKveR2DYuXDKdvSTbRCz3turKpOAv',
  '54Vr1nlOfrJd25DUQJRGRMQyehtS9VPYc50Bg3jEIIUWvlWNscAgmWDiXCy2pKfn+xnEJGkvAFzybO3thjRM1dkdnpegawNWWSL9',
  'Pl4Ry1YHbbjfAoGAFMh94RRneUMIJhm/9pOGPF08uCp3laM/2vPo+2sRIuwN2725hcvoYI7ilzXTrdJrnoZLEmLNAnhXErElOn6M',
  'yvU4R5lYtKjsUcXGbz++yq8zglEEoWJQC0mPdK65xWG87bCrge9jLrT1he7R19MpXBoQo66O5eQu+mpDfn1lp9M=',
]

const key = loadPrivateKey(
  `-----BEGIN RSA PRIVATE KEY-----\n${TEST_KEY.join('\n')}\n-----END RSA PRIVATE KEY-----\n`,
  'spec-test.rsa',
)
const keys = new Map([['spec-test.rsa.pub', key.publicPem]])

const root = { uname: 'root', gname: 'root', mtime: 1700000000 }

function directory(path: string): TarInput {
  return { header: tarHeader({ path, type: 'directory', ...root }) }
}

function file(path: string, text: string, mode: number, xattrs: [string, Uint8Array][] = []): TarInput {
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(text))], ...xattrs])
  return { header: tarHeader({ path, type: 'file', mode, size: text.length, ...root, pax }), content: utf8(text) }
}

const linkSum = new Map([[CHECKSUM_RECORD, utf8(sha1Hex('hello'))]])
const data = melangeBlockGzipSync(
  writeTar([
    directory('etc'),
    file('etc/demo.conf', 'a=1\n', 0o640, [['SCHILY.xattr.user.demo', utf8('x')]]),
    directory('usr'),
    directory('usr/bin'),
    file('usr/bin/hello', '#!/bin/sh\necho hello\n', 0o755),
    { header: tarHeader({ path: 'usr/bin/hi', type: 'symlink', linkname: 'hello', ...root, pax: linkSum }) },
  ]),
)
const pkgInfo = formatPkgInfo({
  name: 'demo',
  version: '1.0-r0',
  arch: 'x86_64',
  installedSize: 30,
  origin: 'demo',
  description: 'a demo',
  url: 'https://example.com/',
  commit: '0123456789abcdef0123456789abcdef01234567',
  buildDate: 1700000000,
  licenses: ['MIT'],
  dependencies: ['so:libc.so.6'],
  provides: ['cmd:hello=1.0-r0'],
  dataHash: sha256Hex(data),
})
const yaml = 'package:\n  name: demo\n  version: "1.0"\n  epoch: 0\n'
const control = assembleControl(pkgInfo, yaml, { 'post-install': '#!/bin/sh\nexit 0\n' }, 1700000000)
const unsigned = concatBytes([control, data])
const signed = signPackage(unsigned, key)
const split = splitApk(signed, 'demo-1.0-r0.apk')
const index = writeIndexArchive([recordFromPackage(split.pkgInfo, split.sections.control.digest, signed.length)])

describe('a package and an index known byte for byte', () => {
  test('the key', () => {
    expect(sha256Hex(key.publicPem)).toBe('37400c59e8cc206a2a4b7fd1a02dc47dacf9305a854fdd77f44c373c02a4a918')
    expect(keyIdV3(loadPublicKey(key.publicPem, 'k'))).toBe('c4c98a2b8ad5d029091663e5a385b8da')
  })

  test.each([
    {
      piece: 'signature',
      bytes: key.sign(control),
      length: 256,
      sha256: '2e4d89cd6229a4e962f075485564a532fb0da9fb8f49087b39b1a8f0f984191a',
    },
    {
      piece: 'signature section',
      bytes: split.signature,
      length: 395,
      sha256: '2625d30d30f44da8bbffd2fb7b0a1a4188b7c3590903fbf67207a6ce98568cc9',
    },
    {
      piece: 'signed package',
      bytes: signed,
      length: 1350,
      sha256: '79332bcd7b7221f9bd64539cdc40a2419acbf7713c58dd1e36b91da039f6ce36',
    },
    {
      piece: 'signed index',
      bytes: signIndex(index, key),
      length: 664,
      sha256: '905bd85bd3a2d0c5e8824e585ebba956d2e47becc663794aa260ca29a94df3b0',
    },
    {
      piece: 'index signed again by force',
      bytes: signIndex(stripIndexSignatures(signIndex(index, key)), key),
      length: 666,
      sha256: 'f686f56816a8944263eb6e22fd29533eff3676829d71518f947cb639109b03ef',
    },
  ])('$piece', ({ bytes, length, sha256 }) => {
    expect(bytes).toHaveLength(length)
    expect(sha256Hex(bytes ?? '')).toBe(sha256)
  })

  test('hashes that others refer to', () => {
    expect(sha1Hex(signed)).toBe('e45528ca64a7e67b512597e5f021cc4b5db84e42')
    expect(hex(sha1(split.signature ?? ''))).toBe('5d42bd0c91b1e451ec714c197000b3ac05fb15cc')
  })

  test('both verify', () => {
    expect(verifyPackage(signed, keys).outcome).toBe('ok')
    expect(verifyIndex(signIndex(index, key), keys, 'index').keyName).toBe('spec-test.rsa.pub')
  })
})

test.each([
  { mtime: 0, length: 379, sha256: '9ee564f2345024c6057092a9cde3ba6f23449880c9eddc65a0eb41abca25d848' },
  { mtime: 1700000000, length: 388, sha256: '7440e02bb5b2ef693cee291540c9361f1c44170893465a06c6b1fa33b4712cc3' },
])('a signature member at $mtime', ({ mtime, length, sha256 }) => {
  const signature = Uint8Array.from({ length: 256 }, (_, i) => i)
  const member = buildSignatureMember({ keyName: 'test.rsa.pub', signature, mtime })
  expect(member).toHaveLength(length)
  expect(sha256Hex(member)).toBe(sha256)
})
