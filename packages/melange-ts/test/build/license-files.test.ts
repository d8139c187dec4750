import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { readLicenseFile } from '../../src/build/license-files.ts'

const directory = mkdtempSync(join(tmpdir(), 'licence-files-'))
const workspace = join(directory, 'workspace')
mkdirSync(join(workspace, 'sub/deep'), { recursive: true })
writeFileSync(join(workspace, 'COPYING'), 'text')
writeFileSync(join(workspace, 'sub/LICENSE'), 'text')
writeFileSync(join(directory, 'secret'), 'secret')
symlinkSync('../sub/../COPYING', join(workspace, 'sub/link'))
symlinkSync('sub', join(workspace, 'directory'))
symlinkSync('../secret', join(workspace, 'out'))
symlinkSync(join(directory, 'secret'), join(workspace, 'absolute'))
symlinkSync('circle', join(workspace, 'circle'))
symlinkSync('sub/../..', join(workspace, 'up'))
afterAll(() => rmSync(directory, { recursive: true }))

test.each([
  'COPYING',
  './COPYING',
  'sub/LICENSE',
  'sub//deep/../LICENSE',
  'sub/link',
  'directory/LICENSE',
  'directory/link',
])('a licence file is read: %s', async (path) => {
  expect(await readLicenseFile(workspace, path)).toBe('text')
})

// The kernel's link to a root directory leads elsewhere than its text says.
test.skipIf(process.platform !== 'linux')('a workspace seen through /proc', async () => {
  expect(await readLicenseFile(`/proc/${process.pid}/root${workspace}`, 'sub/link')).toBe('text')
})

test.each([
  ['../secret', 'it lies outside the workspace'],
  ['sub/../../secret', 'it lies outside the workspace'],
  ['out', 'it lies outside the workspace'],
  ['absolute', 'it lies outside the workspace'],
  ['up/secret', 'it lies outside the workspace'],
  ['circle', 'it lies outside the workspace'],
  ['/etc/passwd', 'the path is absolute'],
  ['none', 'no such file'],
  ['sub', 'EISDIR: illegal operation on a directory, read'],
])('a licence file is refused: %s', async (path, message) => {
  await expect(readLicenseFile(workspace, path)).rejects.toMatchObject({
    code: 'LICENSE_FILE',
    message: `cannot read the licence file ${path}: ${message}`,
  })
})
