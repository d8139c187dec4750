import { melangeBlockGzipSync, type TarInput, tarHeader, writeTar } from '@apkts/archive'
import { concatBytes, hex, sha1Hex, sha256Hex, utf8 } from '@apkts/encoding'
import { describe, expect, test } from 'vitest'
import {
  assembleControl,
  CHECKSUM_RECORD,
  expandApk,
  formatIndex,
  formatPkgInfo,
  recordFromPackage,
  splitApk,
  writeIndexArchive,
} from '../src/index.ts'
import { chunked, dataFile, directory, pkgInfoInput } from './helpers.ts'

const mtime = 1700000000
const root = { uname: 'root', gname: 'root', mtime }

function symlink(path: string, linkname: string): TarInput {
  const pax = new Map([[CHECKSUM_RECORD, utf8(sha1Hex(linkname))]])
  return { header: tarHeader({ path, type: 'symlink', linkname, ...root, pax }) }
}

/** A whole package whose every byte is known from the original. */
const dataTar = writeTar([
  directory('etc', root),
  dataFile('etc/demo.conf', 'a=1\n', { ...root, mode: 0o640, pax: new Map([['SCHILY.xattr.user.demo', utf8('x')]]) }),
  directory('usr', root),
  directory('usr/bin', root),
  dataFile('usr/bin/hello', '#!/bin/sh\necho hello\n', { ...root, mode: 0o755 }),
  symlink('usr/bin/hi', 'hello'),
])
const data = melangeBlockGzipSync(dataTar)
const pkgInfo = formatPkgInfo({ ...pkgInfoInput, dataHash: sha256Hex(data) })
const yaml = 'package:\n  name: demo\n  version: "1.0"\n  epoch: 0\n'
const control = assembleControl(pkgInfo, yaml, { 'post-install': '#!/bin/sh\nexit 0\n' }, mtime)
const unsigned = concatBytes([control, data])
const SIGNED_SIZE = 1350

describe('a known package, byte for byte', () => {
  test.each([
    {
      piece: 'data tar',
      bytes: dataTar,
      length: 8192,
      sha256: 'fe66216c26f6143c893fe58a72def62a5179ee334be521afb6a8f16cc3d0d78f',
    },
    {
      piece: 'data section',
      bytes: data,
      length: 503,
      sha256: '7e36a63df46de90afb19526e9346a6c9973ff2131c27bdb6b2c30474184b4d2f',
    },
    {
      piece: '.PKGINFO',
      bytes: utf8(pkgInfo),
      length: 349,
      sha256: '1737a2dd31363f8b2e4266cdd99e8f0116dbf23e001c5540c9ad83e1bd8e6a3c',
    },
    {
      piece: 'control section',
      bytes: control,
      length: 452,
      sha256: '89d5e82ae1caa0581592543d12a959853a482f2243e18540cd0646dec7272ca5',
    },
    {
      piece: 'unsigned package',
      bytes: unsigned,
      length: 955,
      sha256: 'c6dd25d6f2ce6aed44abff77e1b04830739f589d560fbf417d822f501d1246d9',
    },
  ])('$piece', ({ bytes, length, sha256 }) => {
    expect(bytes).toHaveLength(length)
    expect(sha256Hex(bytes)).toBe(sha256)
  })

  test('its index', () => {
    const { pkgInfo: read, sections } = splitApk(unsigned, 'demo-1.0-r0.apk')
    expect(hex(sections.control.digest)).toBe('a6c07fd2f1d747c7a2419a165d53a1985c710063')
    const record = recordFromPackage(read, sections.control.digest, SIGNED_SIZE)
    expect(formatIndex([record])).toBe(`C:Q1psB/0vHXR8eiQZoWXVOhmFxxAGM=
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

`)
    const archive = writeIndexArchive([record])
    expect(archive).toHaveLength(278)
    expect(sha256Hex(archive)).toBe('854b3f6264a4e05d1d0623a2f57384b50817b991b7538ce41fd2b76fd841af43')
  })

  test('is read back', async () => {
    const { entries } = await expandApk(chunked(unsigned, 64), { file: 'demo' })
    expect(entries.map(({ header }) => `${header.type} ${header.path} ${header.mode.toString(8)}`)).toEqual([
      'directory etc 755',
      'file etc/demo.conf 640',
      'directory usr 755',
      'directory usr/bin 755',
      'file usr/bin/hello 755',
      'symlink usr/bin/hi 777',
    ])
  })
})
