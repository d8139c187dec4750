import { describe, expect, test } from 'vitest'
import { machineResources, parseSize } from '../../src/qemu/resources.ts'

const GIB = 2n ** 30n
const HOST = { processors: 8, memory: 100n * GIB }
const NONE = { cpu: '', cpuModel: '', memory: '', disk: '' }

describe('what a machine gets', () => {
  test.each([
    ['nothing asked', NONE, HOST, { processors: 2, memory: 4096, disk: 50n * GIB }],
    [
      'all asked',
      { ...NONE, cpu: '4', memory: '8Gi', disk: '10G' },
      HOST,
      { processors: 4, memory: 8192, disk: 10n * GIB },
    ],
    ['more than there is', { ...NONE, cpu: '64', memory: '1Ti' }, HOST, { processors: 8, memory: 87040 }],
    ['a small host', NONE, { processors: 1, memory: 2n * GIB }, { processors: 1, memory: 1740 }],
    ['a model', { ...NONE, cpuModel: 'Haswell' }, HOST, { processorModel: 'Haswell' }],
  ])('%s', (_, asked, host, expected) => expect(machineResources(asked, host)).toMatchObject(expected))

  test.each([
    ['cpu', { ...NONE, cpu: '1.5' }],
    ['cpu', { ...NONE, cpu: '0' }],
    ['memory', { ...NONE, memory: 'much' }],
    ['disk', { ...NONE, disk: '-1Gi' }],
  ])('%s of another form', (name, asked) => {
    const expected = { code: 'RESOURCE_INVALID', message: expect.stringContaining(`resources.${name}`) }
    expect(() => machineResources(asked, HOST)).toThrow(expect.objectContaining(expected))
  })
})

test.each([
  ['512', 512n],
  ['1B', 1n],
  ['2K', 2048n],
  ['2k', 2048n],
  ['2Ki', 2048n],
  ['3Mi', 3n * 2n ** 20n],
  ['3m', 3n * 2n ** 20n],
  ['50Gi', 50n * GIB],
  ['1T', 1024n * GIB],
])('%s are %i bytes', (text, bytes) => expect(parseSize('memory', text)).toBe(bytes))

test.each(['', 'i', '1i', '1X', '1 Gi', '0x10', '1.5Gi', '00'])('%j is no size', (text) => {
  expect(() => parseSize('memory', text)).toThrow(/resources.memory/)
})
