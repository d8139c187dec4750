import { mkdtemp, readFile, readlink, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { utf8, utf8Decode } from '@apkts/encoding'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { findProgram } from '../../src/index.ts'
import { initramfs } from '../../src/qemu/initramfs.ts'

const FILES = new Map<string, Uint8Array | string>([
  ['init', utf8('#!/bin/sh\n')],
  ['bin/sh', 'busybox'],
  ['lib/deep/er/file', utf8('content')],
])

test('directories come before what is in them, once', () => {
  const archive = utf8Decode(new Uint8Array(Buffer.concat(initramfs(FILES))))
  const names = [...archive.matchAll(/070701[0-9A-F]{104}([^\0]+)\0/g)].map(([, name]) => name)
  expect(names).toEqual(['bin', 'lib', 'lib/deep', 'lib/deep/er', 'init', 'bin/sh', 'lib/deep/er/file', 'TRAILER!!!'])
})

const busybox = findProgram('busybox', process.env.PATH ?? '')
const why = busybox === undefined ? ' (skipped: busybox not installed)' : ''

test.skipIf(busybox === undefined)(`another program unpacks it${why}`, async () => {
  const directory = await mkdtemp(join(tmpdir(), 'initramfs-test-'))
  try {
    await writeFile(join(directory, 'archive'), Buffer.concat(initramfs(FILES)))
    await execa(busybox!, ['cpio', '-id', '-F', 'archive'], { cwd: directory })
    expect(await readFile(join(directory, 'lib/deep/er/file'), 'utf8')).toBe('content')
    expect(await readlink(join(directory, 'bin/sh'))).toBe('busybox')
    expect((await stat(join(directory, 'init'))).mode & 0o777).toBe(0o755)
  } finally {
    await rm(directory, { recursive: true })
  }
})
