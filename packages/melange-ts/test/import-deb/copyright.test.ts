import { describe, expect, test } from 'vitest'
import { licenceOf } from '../../src/import-deb/copyright.ts'
import { toSpdx } from '../../src/import-deb/spdx-names.ts'

const FORMAT = 'Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n'
const files = (pattern: string, licence: string) =>
  `\nFiles: ${pattern}\nCopyright: x\nLicense: ${licence}\n The text.\n`

describe('licenceOf', () => {
  test.each([
    ['one licence', files('*', 'GPL-3+'), 'GPL-3.0-or-later'],
    [
      'several, in order of appearance, once each',
      files('*', 'Zlib') + files('a', 'Expat') + files('b', 'Zlib'),
      'Zlib AND MIT',
    ],
    ['the packaging does not count', files('*', 'Zlib') + files('debian/*', 'GPL-2'), 'Zlib'],
    [
      'a choice is put in brackets',
      files('*', 'GPL-2 or Artistic') + files('a', 'ISC'),
      '(GPL-2.0-only OR Artistic-1.0-Perl) AND ISC',
    ],
    ['conjunctions are flattened', files('*', 'GPL-3+ and ISC') + files('a', 'ISC'), 'GPL-3.0-or-later AND ISC'],
    ['an unknown name stays recognisable', files('*', 'Own Words!'), 'LicenseRef-debian-Own-Words'],
  ])('%s', (_, paragraphs, expected) => {
    expect(licenceOf(FORMAT + paragraphs)).toBe(expected)
  })

  test.each(['This package was put together by hand.\n', '', `${FORMAT}broken\n`])(
    'free text asserts nothing: %j',
    (text) => {
      expect(licenceOf(text)).toBe('NOASSERTION')
    },
  )
})

test.each([
  ['GPL-2', 'GPL-2.0-only'],
  ['GPL-2+', 'GPL-2.0-or-later'],
  ['LGPL-2.1+', 'LGPL-2.1-or-later'],
  ['GPLv3', 'GPL-3.0-only'],
  ['GPL-3+ with Bison exception', 'GPL-3.0-or-later WITH Bison-exception-2.2'],
  ['GPL-2 with unheard-of exception', 'LicenseRef-debian-GPL-2-with-unheard-of-exception'],
  ['BSD-3-clause', 'BSD-3-Clause'],
  ['MIT, and ISC', 'MIT AND ISC'],
  ['MIT or Apache-2.0, and ISC', 'MIT OR (Apache-2.0 AND ISC)'],
])('%s is %s', (debian, spdx) => {
  expect(toSpdx(debian)).toBe(spdx)
})
