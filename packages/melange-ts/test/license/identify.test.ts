import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { findLicenseFiles, identifyLicense, licenseDifferences } from '../../src/license/index.ts'

const MIT = `Copyright (c) 2026 Someone

Permission is hereby granted, free of charge, to any
person obtaining a copy of this software …
THE SOFTWARE IS PROVIDED “AS IS”, WITHOUT WARRANTY`

const BSD = 'Redistribution and use in source and binary forms … Redistributions in binary form must reproduce …'

describe('a text', () => {
  test.each([
    ['MIT', MIT],
    ['MIT', MIT.replace(/^/gm, ' * ')],
    ['BSD-2-Clause', BSD],
    ['BSD-3-Clause', `${BSD} may be used to endorse or promote products`],
    ['GPL-2.0', '   GNU GENERAL PUBLIC LICENSE\n     Version 2, June 1991\n'],
    ['LGPL-2.1', 'GNU LESSER GENERAL PUBLIC LICENSE\nVersion 2.1, February 1999'],
    [
      'Zlib',
      "provided 'as-is', without any express or implied warranty. Altered source versions must be plainly marked",
    ],
    [undefined, 'All rights reserved.'],
    [undefined, `${MIT} ${BSD}`],
  ])('is %s', (expected, text) => expect(identifyLicense(text)).toBe(expected))
})

describe('differences', () => {
  const declared = (license: string, licensePath = '', detectionOverride = '') => [
    { license, licensePath, detectionOverride },
  ]

  test.each([
    [declared('MIT'), []],
    [declared('MIT OR Apache-2.0'), []],
    [declared('Apache-2.0'), ['COPYING looks like MIT, which the recipe does not name']],
    [declared('Apache-2.0', 'COPYING'), ['COPYING looks like MIT, but the recipe says Apache-2.0']],
    [declared('Apache-2.0', 'COPYING', 'MIT'), []],
    [declared('MIT', 'COPYING'), []],
  ])('from %j', (entries, expected) => {
    expect(licenseDifferences([{ path: 'COPYING', license: 'MIT' }], entries)).toEqual(expected)
  })

  test('are not about later versions or unknown texts', () => {
    expect(licenseDifferences([{ path: 'a', license: 'GPL-2.0' }], declared('GPL-2.0-or-later'))).toEqual([])
    expect(licenseDifferences([{ path: 'a', license: undefined }], declared('MIT'))).toEqual([])
  })
})

test('licence files are looked for near the top, clearest names first', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'license-test-'))
  for (const path of ['a/b', 'vendor', 'melange-out']) await mkdir(join(directory, path), { recursive: true })
  const files = [
    'COPYING',
    'LICENSE',
    'README',
    'a/LICENSE-MIT',
    'a/b/LICENSE',
    'vendor/LICENSE',
    'melange-out/LICENSE',
  ]
  for (const path of files) await writeFile(join(directory, path), '')
  await symlink('LICENSE', join(directory, 'LICENCE'))
  expect(await findLicenseFiles(directory)).toEqual(['LICENSE', 'COPYING', 'a/LICENSE-MIT'])
  await rm(directory, { recursive: true })
})
