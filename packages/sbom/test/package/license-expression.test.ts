import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isLicenseExpression, licenseExpression, licenseIdentifier } from '../../src/index.ts'

describe('licence entries', () => {
  test.each([
    ['MIT'],
    ['mit'],
    ['GPL-2.0+'],
    ['GPL-2.0'],
    ['(MIT OR ISC)'],
    ['LicenseRef-foo'],
    ['DocumentRef-x:LicenseRef-y'],
    ['GPL-2.0-or-later WITH Classpath-exception-2.0 OR MIT'],
    ['MIT AND (ISC OR (0BSD AND Zlib))'],
    [''],
  ])('%j stays as it is', (text) => expect(licenseIdentifier(text)).toBe(text))

  test.each([
    ['Custom Foo_Licence (v1)', 'LicenseRef-Custom-Foo-Licence-v1'],
    ['Apache 2.0', 'LicenseRef-Apache-2.0'],
    ['BSD', 'LicenseRef-BSD'],
    ['PROPRIETARY', 'LicenseRef-PROPRIETARY'],
    ['NONE', 'LicenseRef-NONE'],
    ['NOASSERTION', 'LicenseRef-NOASSERTION'],
    ['MIT/Apache-2.0', 'LicenseRef-MITApache-2.0'],
    ['MIT or Apache-2.0', 'LicenseRef-MIT-or-Apache-2.0'],
    ['MIT AND', 'LicenseRef-MIT-AND'],
    ['custom:foo', 'LicenseRef-customfoo'],
    ['(MIT', 'LicenseRef-MIT'],
    ['MIT WITH Nothing', 'LicenseRef-MIT-WITH-Nothing'],
    ['日本', 'LicenseRef-cf2abf0c5be326cb'],
  ])('%j becomes %s', (text, expected) => expect(licenseIdentifier(text)).toBe(expected))
})

describe('the expression of a package', () => {
  test.each([
    [[], ''],
    [['MIT'], 'MIT'],
    [['MIT OR ISC'], 'MIT OR ISC'],
    [['MIT', 'ISC'], 'MIT AND ISC'],
    [['MIT OR ISC', 'BSD'], '(MIT OR ISC) AND LicenseRef-BSD'],
    [['(MIT OR ISC)', 'Zlib'], '(MIT OR ISC) AND Zlib'],
  ])('of %j is %j', (licenses, expected) => expect(licenseExpression(licenses)).toBe(expected))

  test('is always a valid expression', () => {
    const entry = fc.oneof(fc.string({ minLength: 1 }), fc.constantFrom('MIT', 'MIT OR ISC', 'GPL-2.0+'))
    fc.assert(
      fc.property(fc.array(entry, { minLength: 1 }), (licenses) => {
        expect(isLicenseExpression(licenseExpression(licenses))).toBe(true)
      }),
    )
  })
})
