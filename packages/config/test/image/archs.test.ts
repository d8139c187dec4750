import { describe, expect, test } from 'vitest'
import {
  ALL_ARCHS,
  gnuTriplet,
  hostArch,
  parseArch,
  parseArchList,
  platformOf,
  rustTriplet,
  toApkArch,
  toQemuArch,
} from '../../src/index.ts'

const rows = [
  ['x86', '386', 'i386', 'i486-pc-linux-gnu', 'i686-unknown-linux-gnu'],
  ['x86_64', 'amd64', 'x86_64', 'x86_64-pc-linux-gnu', 'x86_64-unknown-linux-gnu'],
  ['aarch64', 'arm64', 'aarch64', 'aarch64-unknown-linux-gnu', 'aarch64-unknown-linux-gnu'],
  ['armhf', 'arm/v6', 'arm', 'arm-unknown-linux-gnueabihf', 'armv6-unknown-linux-gnueabihf'],
  ['armv7', 'arm/v7', 'arm', 'armv7l-unknown-linux-gnueabihf', 'armv7-unknown-linux-gnueabihf'],
  ['loongarch64', 'loong64', 'loong64', 'loong64-unknown-linux-gnu', 'loong64-unknown-linux-gnu'],
  ['ppc64le', 'ppc64le', 'ppc64le', 'powerpc64le-unknown-linux-gnu', 'powerpc64le-unknown-linux-gnu'],
  ['riscv64', 'riscv64', 'riscv64', 'riscv64-unknown-linux-gnu', 'riscv64-unknown-linux-gnu'],
  ['s390x', 's390x', 's390x', 's390x-ibm-linux-gnu', 's390x-unknown-linux-gnu'],
] as const

describe('architecture names', () => {
  test.each(rows)('%s is %s in images', (apk, oci, qemu, gnu, rust) => {
    expect(parseArch(apk)).toBe(oci)
    expect(parseArch(oci)).toBe(oci)
    expect(toApkArch(oci)).toBe(apk)
    expect(toApkArch(apk)).toBe(apk)
    expect(toQemuArch(apk)).toBe(qemu)
    expect(gnuTriplet(oci, 'gnu')).toBe(gnu)
    expect(rustTriplet(apk, 'gnu')).toBe(rust)
  })

  test.each(['bogus', 'zz', '', 'constructor'])('keeps the unknown name %j', (name) => {
    expect(parseArch(name)).toBe(name)
    expect(toApkArch(name)).toBe(name)
  })

  test('splits a variant off the platform', () => {
    expect(platformOf('armhf')).toEqual({ architecture: 'arm', os: 'linux', variant: 'v6' })
    expect(platformOf('x86_64')).toEqual({ architecture: 'amd64', os: 'linux' })
  })

  test('knows the machines Node runs on', () => {
    expect(hostArch('x64')).toBe('amd64')
    expect(hostArch('arm64')).toBe('arm64')
  })
})

describe('the list of --arch', () => {
  test.each([
    [['all'], ALL_ARCHS],
    [['host'], ['arm64']],
    [
      ['x86_64', 'aarch64', 'amd64'],
      ['amd64', 'arm64'],
    ],
    [
      ['all', 'x86_64'],
      ['all', 'amd64'],
    ],
    [
      ['armv7', 'arm64', 'armhf'],
      ['arm/v6', 'arm/v7', 'arm64'],
    ],
    [[], []],
  ])('%j means %j', (values, expected) => {
    expect(parseArchList(values, 'arm64')).toEqual(expected)
  })
})
