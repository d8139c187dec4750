import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parseUris, planInstall } from '../../src/import-deb/apt.ts'

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

describe('a package that apt cannot find', () => {
  let programs: string

  beforeAll(() => {
    programs = mkdtempSync(join(tmpdir(), 'apt-'))
    const program = (name: string, script: string) => {
      writeFileSync(join(programs, name), `#!/bin/sh\n${script}\n`)
      chmodSync(join(programs, name), 0o755)
    }
    program('apt-get', 'for name; do :; done; echo "E: Unable to locate package $name" >&2; exit 100')
    program('apt-cache', 'printf "busybox-static\\nbash\\n"')
    vi.stubEnv('PATH', `${programs}:${process.env.PATH}`)
  })
  afterAll(() => {
    vi.unstubAllEnvs()
    rmSync(programs, { recursive: true })
  })

  test.each([
    ['of that architecture', 'busybox-static', /but not for arm64/, /--add-architecture arm64 && apt-get update/],
    ['and is near another name', 'busybox-statik', /does not know/, /busybox-static.*apt-get update/],
    ['at all', 'unheard-of', /does not know/, /^The package lists/],
  ])('%s', async (_, name, message, hint) => {
    await expect(planInstall([name], { arch: 'arm64' })).rejects.toMatchObject({
      code: 'DEB_NOT_FOUND',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    })
  })
})
