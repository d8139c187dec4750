import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { beforeAll, describe, expect, test } from 'vitest'
import { type Example, runExample, runUnpacked, unpack } from '../src/example.ts'
import { LANGUAGE_TOOLCHAIN, makeLanguageToolchain } from '../src/language-toolchain.ts'
import { cannotBuild, why } from '../src/quickstart.ts'

const examples: readonly Example[] = [
  {
    name: 'go',
    holds: async (home) => {
      expect(await filesOfImage(home)).toEqual(['usr/bin/almanac'])
      expect(await runUnpacked(home)).toMatch(/^almanac 1\.0\.0 for linux\//)
      expect(await runUnpacked(home, ['/usr/bin/almanac', '2024-12-31'])).toBe('366')
    },
  },
  {
    name: 'rust',
    holds: async (home) => {
      expect(await filesOfImage(home)).toEqual(['usr/bin/fold'])
      expect(await runUnpacked(home)).toBe('a program and\nnothing else in the\nimage')
    },
  },
  {
    name: 'python',
    holds: async (home) => {
      expect(await runUnpacked(home)).toBe('3 the\n2 and\n1 wheel\n1 interpreter\n1 library')
      expect(await shellsAndInstallers(home)).toEqual([])
    },
  },
  {
    name: 'node',
    holds: async (home) => {
      expect(await runUnpacked(home)).toBe('part     for\nruntime  node\nprogram  you')
      expect(await shellsAndInstallers(home)).toEqual([])
    },
  },
]

describe.skipIf(cannotBuild)(`examples of languages${why}`, () => {
  beforeAll(makeLanguageToolchain, 600_000)

  test.each(examples)('$name', async ({ name, holds }) => {
    const home = await runExample(name, LANGUAGE_TOOLCHAIN)
    await unpack(home)
    await holds(home)
  })
})

async function filesOfImage(home: string): Promise<string[]> {
  const { stdout } = await execa('find', ['.', '-type', 'f', '-printf', '%P\\n'], { cwd: join(home, 'bundle/rootfs') })
  return stdout.split('\n')
}

async function shellsAndInstallers(home: string): Promise<string[]> {
  const programs = await readdir(join(home, 'bundle/rootfs/usr/bin'))
  return programs.filter((name) => /^(ba|da)?sh$|busybox|pip|npm/.test(name))
}
