import { describe, expect, test } from 'vitest'
import { parseUris } from '../../src/import-deb/apt.ts'

describe('parseUris', () => {
  test('reads names, versions with their epoch, and file names', () => {
    const text = [
      "'http://mirror.example/pool/g/libgmp10_6.2.1_amd64.deb' libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb 562712 MD5Sum:00",
      "'http://mirror.example/pool/d/debconf_1.5.82_all.deb' debconf_1.5.82_all.deb 121540 SHA256:00",
      'Reading package lists...',
      '',
    ].join('\n')
    expect(parseUris(text)).toEqual([
      { name: 'libgmp10', version: '2:6.2.1+dfsg1-1.1', fileName: 'libgmp10_2%3a6.2.1+dfsg1-1.1_amd64.deb' },
      { name: 'debconf', version: '1.5.82', fileName: 'debconf_1.5.82_all.deb' },
    ])
  })
})
