import { once } from 'node:events'
import { cp, mkdir } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { beforeAll, describe, expect, test } from 'vitest'
import { buildRecipe, filesOf } from '../src/build-recipe.ts'
import { oursFine, temporaryDirectory } from '../src/commands.ts'
import { LANGUAGE_FLAGS, makeLanguageToolchain } from '../src/language-toolchain.ts'
import { serveNpmPackages } from '../src/npm-registry.ts'
import { cannotBuild, why } from '../src/quickstart.ts'
import { makeKey, makeRepository } from '../src/repository.ts'
import {
  C_LIBRARY,
  CARGO,
  CMAKE_AND_MESON,
  fetched,
  GO,
  makeUpstream,
  npmPackage,
  PERL_AND_PYTHON,
  RUBY,
} from '../src/sources/index.ts'

/** cargo has no such subcommand of its own, and Debian has no package of it: here it builds and audits nothing. */
const AUDITABLE = {
  name: 'cargo-auditable',
  dependencies: ['cargo'],
  provides: ['rust=1'],
  files: { 'usr/bin/cargo-auditable': '#!/bin/sh\nshift\nexec cargo "$@"\n' },
}

const MINUTES = 60_000

describe.skipIf(cannotBuild)(`built-in pipelines with the tools they are for${why}`, () => {
  let cwd: string
  let flags: readonly string[]

  beforeAll(async () => {
    await makeLanguageToolchain()
    cwd = await temporaryDirectory()
    await oursFine('melange-ts', ['keygen', 'own.rsa'], { cwd })
    const key = await makeKey('shims')
    await makeRepository(`${cwd}/shims`, [AUDITABLE], key)
    flags = [...LANGUAGE_FLAGS, '--repository-append', 'shims', '--keyring-append', 'shims/shims.rsa.pub']
  }, 10 * MINUTES)

  test(
    'autotools: a library comes apart into what runs, develops, documents and debugs',
    async () => {
      await buildRecipe(C_LIBRARY, cwd, flags)
      expect(await filesOf('clib', cwd)).toEqual(['usr/share/clib/data'])
      expect(await filesOf('clib-bin', cwd)).toEqual(['usr/bin/clib-tool'])
      expect(await filesOf('clib-libs', cwd)).toEqual(['usr/lib/libclib.so.0', 'usr/lib/libclib.so.0.0.0'])
      expect(await filesOf('clib-dev', cwd)).toEqual(['usr/include/clib.h', 'usr/lib/libclib.so'])
      expect(await filesOf('clib-static', cwd)).toEqual(['usr/lib/libclib.a'])
      expect(await filesOf('clib-doc', cwd)).toEqual(['usr/share/man/man1/clib-tool.1'])
      expect(await filesOf('clib-lang', cwd)).toEqual(['usr/share/locale/de/clib'])
      expect(await filesOf('clib-dbg', cwd)).toEqual([
        'usr/lib/debug/usr/bin/clib-tool.debug',
        'usr/lib/debug/usr/lib/libclib.so.0.0.0.debug',
      ])
    },
    5 * MINUTES,
  )

  test(
    'cmake and meson',
    async () => {
      await buildRecipe(CMAKE_AND_MESON, cwd, flags)
      expect(await filesOf('twice', cwd)).toEqual(['usr/bin/by-cmake', 'usr/bin/by-meson'])
    },
    5 * MINUTES,
  )

  test(
    'perl and python',
    async () => {
      await buildRecipe(PERL_AND_PYTHON, cwd, flags)
      const files = await filesOf('modules', cwd)
      expect(files.map((path) => path.replace(/python3\.\d+|perl5?\/[\d.]+/, 'V'))).toEqual(
        expect.arrayContaining([
          expect.stringMatching(/^usr\/.*\/Hello\.pm$/),
          expect.stringMatching(/^usr\/.*\/hello_wheel\/__init__\.py$/),
          expect.stringMatching(/^usr\/.*\/hello_setup\.py$/),
        ]),
      )
      expect(files.filter((path) => /\.packlist$|perllocal\.pod$|wheel.*\.pyc$/.test(path))).toEqual([])
      const local = ['--repository-append', 'packages', '--keyring-append', 'own.rsa.pub']
      await oursFine(
        'melange-ts',
        [
          'index',
          '--output',
          'packages/x86_64/APKINDEX.tar.gz',
          '--signing-key',
          'own.rsa',
          'packages/x86_64/modules-1.0-r0.apk',
        ],
        { cwd },
      )
      await oursFine('melange-ts', ['test', 'modules.yaml', '--arch', 'x86_64', ...flags, ...local], { cwd })
    },
    5 * MINUTES,
  )

  test(
    'go',
    async () => {
      await buildRecipe(GO, cwd, flags)
      expect(await filesOf('gophers', cwd)).toEqual(['usr/bin/first', 'usr/bin/second', 'usr/bin/third'])
    },
    5 * MINUTES,
  )

  test(
    'cargo',
    async () => {
      await buildRecipe(CARGO, cwd, flags)
      expect(await filesOf('crate', cwd)).toEqual(['usr/bin/crate'])
    },
    5 * MINUTES,
  )

  test(
    'ruby',
    async () => {
      await buildRecipe(RUBY, cwd, flags)
      const files = await filesOf('gems', cwd)
      expect(files).toContain('usr/bin/hello-gem')
      expect(files.filter((path) => /\/hello-1\.0\/lib\/hello\.rb$/.test(path))).toHaveLength(1)
      expect(files.filter((path) => /\/(cache|build_info)\//.test(path))).toEqual([])
    },
    5 * MINUTES,
  )

  test(
    'npm: a package, one of its dependencies overridden',
    async () => {
      const registry = await serveNpmPackages({
        hello: { '1.0.0': { dep: '^1.0.0' } },
        dep: { '1.0.0': {}, '1.5.0': {}, '2.0.0': {} },
      })
      await buildRecipe(npmPackage(registry.url), cwd, flags).finally(() => registry.close())
      const files = await filesOf('modules-of-node', cwd)
      expect(files).toEqual(expect.arrayContaining(['usr/bin/hello', 'usr/lib/node_modules/hello/package.json']))
      expect(files).not.toContain('usr/lib/package.json')
    },
    5 * MINUTES,
  )

  test(
    'sources: a download, a patch, a clone with a cherry-pick, a commit by mail',
    async () => {
      const upstream = makeUpstream(await temporaryDirectory())
      await mkdir(`${cwd}/fetched`)
      await cp(upstream.repository, `${cwd}/fetched/up.git`, { recursive: true })
      const server = createServer((_, response) => response.end(upstream.archive)).listen(0, '127.0.0.1')
      await once(server, 'listening')
      const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
      await buildRecipe(fetched(upstream, url), cwd, flags).finally(() => server.close())
      expect(await filesOf('fetched', cwd)).toEqual([
        'opt/archive/first',
        'opt/clone/first',
        'opt/clone/fix',
        'opt/clone/mailed',
      ])
    },
    5 * MINUTES,
  )
})
