import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { readLicenseFile } from '../../src/build/license-files.ts'

let directory: string
let workspace: string
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'license-files-'))
  workspace = join(directory, 'workspace')
  await mkdir(join(workspace, 'docs'), { recursive: true })
  await writeFile(join(workspace, 'COPYING'), 'inside')
  await writeFile(join(directory, 'secret'), 'outside')
  const links = [
    ['docs/link', '../COPYING'],
    ['docs/again', 'link'],
    ['up', 'docs/../..'],
    ['out', '../secret'],
    ['absolute', join(directory, 'secret')],
    ['circle', 'circle'],
  ] as const
  for (const [path, target] of links) await symlink(target, join(workspace, path))
})
afterAll(() => rm(directory, { recursive: true, force: true }))

describe('a licence file', () => {
  test.each(['COPYING', './docs/../COPYING', 'docs/link', 'docs/again'])('%s is read', async (path) => {
    expect(await readLicenseFile(workspace, path)).toBe('inside')
    // As where a mount is seen that only another process has.
    expect(await readLicenseFile(`/proc/self/root${workspace}`, path)).toBe('inside')
  })

  test.each(['../secret', 'docs/../../secret', 'out', 'up/secret', 'absolute', 'circle', '/etc/passwd', 'nowhere'])(
    '%s is not',
    (path) => expect(readLicenseFile(workspace, path)).rejects.toMatchObject({ code: 'LICENSE_FILE' }),
  )
})
