import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { utf8, utf8Decode } from '@apkts/encoding'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findKernel } from '../../src/qemu/kernel.ts'
import { absentModules, loadModules, moduleDepends, moduleName, readModuleTree } from '../../src/qemu/modules.ts'

let root: string

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'kernel-test-'))
})
afterEach(() => rm(root, { recursive: true, force: true }))

type Files = Readonly<Record<string, Uint8Array | string>>

async function write(files: Files): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(root, path)), { recursive: true })
    await writeFile(join(root, path), content)
  }
}

/** A module as far as it is looked at. */
function module(depends = ''): Uint8Array {
  return utf8(`ELF\0license=GPL\0depends=${depends}\0name=x\0`)
}

test.each([
  ['/lib/modules/6.1/kernel/drivers/virtio/virtio_pci.ko', 'virtio_pci'],
  ['crypto/crc32c-intel.ko.zst', 'crc32c_intel'],
  ['x.ko.xz', 'x'],
  ['x.ko.gz', 'x'],
])('%s is the module %s', (file, name) => expect(moduleName(file)).toBe(name))

test.each([
  [module('jbd2,mbcache,crc-16'), ['jbd2', 'mbcache', 'crc_16']],
  [module(), []],
  [utf8('no module'), []],
  [utf8('\0depends=cut'), ['cut']],
])('a module tells what it needs (%#)', (bytes, expected) => expect(moduleDepends(bytes)).toEqual(expected))

describe('a tree of modules', () => {
  beforeEach(() =>
    write({
      'm/modules.builtin': 'kernel/fs/overlayfs/overlay.ko\n',
      'm/kernel/fs/9p/9p.ko.gz': gzipSync(module('9pnet,netfs')),
      'm/kernel/net/9p/9pnet.ko': module(),
      'm/kernel/fs/netfs.ko': module('9pnet'),
    }),
  )

  test('gives modules unpacked, each after what it needs, once', async () => {
    const tree = (await readModuleTree(join(root, 'm')))!
    const loaded = await loadModules(tree, ['netfs', '9p', 'overlay'])
    expect(loaded.map(({ name }) => name)).toEqual(['9pnet', 'netfs', '9p'])
    expect(utf8Decode(loaded[2]!.bytes)).toMatch(/^ELF/)
  })

  test('knows what is in the kernel itself, and what is nowhere', async () => {
    const tree = (await readModuleTree(join(root, 'm')))!
    expect(absentModules(tree, ['9p', 'overlay', 'ext4'])).toEqual(['ext4'])
  })
})

/** An x86 kernel as far as its header goes (Documentation/arch/x86/boot.rst). */
function kernel(version: string): Uint8Array {
  const image = Buffer.alloc(1024)
  image.write('HdrS', 514)
  image.writeUInt16LE(0x100, 526)
  image.write(`${version} (build@host)\0`, 0x300)
  return image
}

const ALL = ['virtio_pci', 'virtio_console', 'virtio_blk', 'virtio_net', '9pnet_virtio', '9p', 'overlay', 'ext4']
const modules = (version: string, names = ALL): Files =>
  Object.fromEntries(names.map((name) => [`lib/modules/${version}/kernel/${name}.ko`, module()]))

describe('the kernel of guests', () => {
  test.each<[string, Files, Record<string, string>, string, string | undefined]>([
    ['the newest', both(), {}, 'boot/vmlinuz-6.10', '6.10'],
    [
      'the newest that has all',
      { ...both(), 'boot/vmlinuz-6.11': kernel('6.11'), ...modules('6.11', ['ext4']) },
      {},
      'boot/vmlinuz-6.10',
      '6.10',
    ],
    ['the one that is named', { ...both(), own: kernel('6.9') }, { QEMU_KERNEL_IMAGE: 'own' }, 'own', '6.9'],
    ['with everything inside', { own: kernel('7.0') }, { QEMU_KERNEL_IMAGE: 'own' }, 'own', undefined],
    [
      'modules from elsewhere',
      {
        own: kernel('7.0'),
        'mine/kernel/a.ko': module(),
        'mine/modules.builtin': ALL.map((name) => `${name}.ko\n`).join(''),
      },
      { QEMU_KERNEL_IMAGE: 'own', QEMU_KERNEL_MODULES: 'mine' },
      'own',
      'mine',
    ],
  ])('%s', async (_, files, variables, image, tree) => {
    await write(files)
    const found = await findKernel({ env: inRoot(variables), root })
    expect(found.image).toBe(join(root, image))
    if (tree === undefined) expect(found.modules).toBeUndefined()
    else expect(found.modules?.directory).toMatch(new RegExp(`${tree}$`))
  })

  test.each<[string, Files, Record<string, string>, RegExp]>([
    ['none', {}, {}, /boot has no kernel for guests/],
    ['none that is named', {}, { QEMU_KERNEL_IMAGE: 'own' }, /there is no such file/],
    ['something else', { own: 'text' }, { QEMU_KERNEL_IMAGE: 'own' }, /no kernel of Linux/],
    ['one without modules', { 'boot/vmlinuz-6.9': kernel('6.9') }, {}, /there are no modules for it in/],
    [
      'a cloud kernel',
      { 'boot/vmlinuz-6.9': kernel('6.9'), ...modules('6.9', ['ext4', 'overlay']) },
      {},
      /lack virtio_pci, .*9p/,
    ],
  ])('%s is an error that says where to get one', async (_, files, variables, expected) => {
    await write(files)
    const error = await findKernel({ env: inRoot(variables), root }).catch((error: unknown) => error)
    expect(error).toMatchObject({ code: 'RUNNER_UNUSABLE', hint: expect.stringContaining('QEMU_KERNEL_IMAGE') })
    const { message, notes } = error as { message: string; notes: string[] }
    expect([message, ...notes].join('\n')).toMatch(expected)
  })

  function both(): Files {
    return {
      'boot/vmlinuz-6.9': kernel('6.9'),
      'boot/vmlinuz-6.10': kernel('6.10'),
      ...modules('6.9'),
      ...modules('6.10'),
    }
  }

  function inRoot(variables: Record<string, string>): Record<string, string> {
    return Object.fromEntries(Object.entries(variables).map(([name, path]) => [name, join(root, path)]))
  }
})
