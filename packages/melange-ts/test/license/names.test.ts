import { expect, test } from 'vitest'
import { licenseWeight } from '../../src/license/names.ts'

test.each([
  ['LICENSE', 1.5],
  ['a/UNLICENSE', 1],
  ['a/COPYING', 0.9],
  ['a/licence.rst', 0.8],
  ['a/copyright.txt', 0.75],
  ['a/LICENSE-MIT', 0.7],
  ['a/LICENSE_APACHE.txt', 0.7],
  ['a/COPYING-x', 0.65],
  ['a/MIT-LICENSE', 0.6],
  ['a/foo_COPYING', 0.55],
  ['a/ofl.txt', 0.45],
  ['a/OFL', 0.4],
  ['a/PATENTS', 0.35],
  ['a/patents.md', 0.3],
  ['a/foo-1.2.3-LICENSE', 0.6],
  ['a/README', undefined],
  ['a/license.go', undefined],
  ['node_modules/x/LICENSE', undefined],
  ['a/licensed', undefined],
])('%s weighs %s', (path, weight) => expect(licenseWeight(path)).toBe(weight))
