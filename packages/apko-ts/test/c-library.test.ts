import { packageRecord } from '@apkts/apk'
import { describe, expect, test } from 'vitest'
import { cLibraryOf, describeMixture } from '../src/environment/c-library.ts'

const MUSL = 'so:libc.musl-x86_64.so.1'
const GLIBC = 'so:libc.so.6'

function index(location: string, ...needs: string[]) {
  const records = needs.map((need, i) => packageRecord({ name: `p${i}`, version: '1-r0', dependencies: [need] }))
  return { tag: '', location, records }
}

describe('the C library of an index', () => {
  test.each([
    { name: 'needs musl', index: index('./a', MUSL), library: 'musl' },
    { name: 'needs glibc', index: index('./a', GLIBC), library: 'glibc' },
    { name: 'needs glibc’s loader', index: index('./a', 'so:ld-linux-aarch64.so.1'), library: 'glibc' },
    { name: 'has one package for the other', index: index('./a', GLIBC, MUSL, MUSL), library: 'musl' },
    { name: 'needs neither', index: index('./a', 'so:libc.so', 'busybox'), library: undefined },
    { name: 'comes from Alpine', index: index('https://dl-cdn.alpinelinux.org/alpine/edge/main'), library: 'musl' },
    { name: 'comes from Wolfi', index: index('https://u:p@packages.wolfi.dev/os'), library: 'glibc' },
    { name: 'comes from elsewhere', index: index('https://wolfi.dev.example.com/os'), library: undefined },
  ])('that $name: $library', ({ index, library }) => {
    expect(cLibraryOf(index)).toBe(library)
  })

  test('is told by what packages provide, too', () => {
    const records = [packageRecord({ name: 'musl', version: '1-r0', provides: [`${MUSL}=1`] })]
    expect(cLibraryOf({ records, location: '.' })).toBe('musl')
  })
})

describe('indexes', () => {
  test('for both are named, without credentials', () => {
    const indexes = [index('./alpine', MUSL), index('./data'), index('https://u:p@packages.wolfi.dev/os', GLIBC)]
    expect(describeMixture(indexes)).toBe(
      'repositories for different C libraries: ./alpine for musl (Alpine), https://xxxxx@packages.wolfi.dev/os for glibc (Wolfi)',
    )
  })

  test.each([[[index('./a', MUSL), index('./b', MUSL)]], [[index('./a', MUSL), index('./b')]], [[index('./a', MUSL)]]])(
    'for one are fine %#',
    (indexes) => {
      expect(describeMixture(indexes)).toBeUndefined()
    },
  )
})
