import { readdir, readFile, readlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { adaptBundle, askWhenReady, freePort, whileRunning } from '../src/bundle.ts'
import { EXAMPLES, type Example, runExample, runUnpacked, unpack } from '../src/example.ts'
import { runScript } from '../src/page.ts'
import { cannotBuild, MADE, why } from '../src/quickstart.ts'
import { missingTools } from '../src/tools.ts'

const missing = await missingTools(['openssl'])

const examples: readonly Example[] = [
  {
    name: 'shared-library',
    holds: async (home) => {
      expect(await packageFiles(home, 'libcounter-1.0.0-r0')).toEqual([
        'usr/lib/libcounter.so.1',
        'usr/lib/libcounter.so.1.0.0',
      ])
      expect(await packageFiles(home, 'libcounter-static-1.0.0-r0')).toEqual(['usr/lib/libcounter.a'])
      expect(await packageFiles(home, 'libcounter-dev-1.0.0-r0')).toEqual([
        'usr/include/counter.h',
        'usr/lib/libcounter.so',
        'usr/lib/pkgconfig/counter.pc',
      ])
      expect(await packageFiles(home, 'libcounter-doc-1.0.0-r0')).toEqual(['usr/share/man/man3/counter.3'])
      expect(await runScript('melange-ts inspect packages/*/count-1.0.0-r0.apk', home)).toContain('so:libcounter.so.1')
      await unpack(home)
      expect(await runUnpacked(home)).toBe('1')
      expect(await readdir(join(home, 'bundle/rootfs/usr'))).not.toContain('include')
    },
  },
  {
    name: 'web',
    holds: async (home) => {
      await unpack(home)
      const config = await adaptBundle(join(home, 'bundle'), [])
      expect(config.process.user).toMatchObject({ uid: 8080, gid: 8080 })
      const { stdout } = await execa('stat', ['--format', '%u:%g %a', join(home, 'bundle/rootfs/var/lib/web')])
      expect(stdout).toBe('8080:8080 750')
      const port = await freePort()
      const file = join(home, 'bundle/config.json')
      await writeFile(file, (await readFile(file, 'utf8')).replace('"8080"', `"${port}"`))
      const ask = () => askWhenReady(`http://127.0.0.1:${port}/current/`)
      const page = await whileRunning(join(home, 'bundle'), ask, 'SIGKILL')
      expect(page).toBe(await readFile(join(EXAMPLES, 'web/pages/index.html'), 'utf8'))
    },
  },
  {
    name: 'certificates',
    holds: async (home) => {
      await unpack(home)
      const bundle = join(home, 'bundle/rootfs/etc/ssl/certs/ca-certificates.crt')
      for (const authority of ['public/public.pem', 'private.pem'])
        expect(await runScript(`openssl verify -CAfile ${bundle} ${authority}`, home)).toContain('OK')
    },
  },
  {
    name: 'custom-repository',
    holds: async (home) => {
      await unpack(home)
      expect(await runUnpacked(home)).toBe('hello from greeting')
      const apk = join(home, 'bundle/rootfs/etc/apk')
      expect((await readdir(join(apk, 'keys'))).sort()).toEqual(['import.rsa.pub', 'next.rsa.pub', 'own.rsa.pub'])
      expect(await readFile(join(apk, 'repositories'), 'utf8')).toBe('https://packages.example/own\n')
    },
  },
  {
    name: 'base-image',
    holds: async (home) => {
      await unpack(home)
      expect(await runUnpacked(home)).toBe('app of app')
      const layers = async (layout: string) =>
        JSON.parse(await runScript(`skopeo inspect --config oci:${layout}`, home)).rootfs.diff_ids
      expect(await layers('layout')).toEqual([...(await layers('base')), expect.any(String)])
      // A directory in its place would hide the base's libraries.
      expect(await readlink(join(home, 'bundle/rootfs/lib'))).toBe('usr/lib')
      const installed = await readFile(join(home, 'bundle/rootfs/usr/lib/apk/db/installed'), 'utf8')
      expect([...installed.matchAll(/^P:(.*)/gm)].map(([, name]) => name)).toEqual(
        expect.arrayContaining(['libc6', 'app']),
      )
    },
  },
  {
    name: 'layered',
    holds: async (home) => {
      const layers = async (image: string) => (await runScript(`tar -tf ${image} | grep gz`, home)).split('\n')
      const [first, second] = [await layers('image.tar'), await layers('next.tar')]
      expect(first).toHaveLength(5)
      expect(first.filter((layer) => second.includes(layer)).length).toBeGreaterThan(0)
    },
  },
]

const reason = missing.length === 0 ? why : ' (skipped: openssl not installed)'

describe.skipIf(cannotBuild || missing.length > 0)(`examples${reason}`, () => {
  test.each(examples)('$name', async ({ name, holds }) => {
    await holds(await runExample(name, join(MADE, 'toolchain')))
  })

  test('are all in the table', async () => {
    const table = await readFile(join(EXAMPLES, 'README.md'), 'utf8')
    const linked = [...table.matchAll(/^\| \[.*?\]\((.*?)\)/gm)].map(([, name]) => name)
    const there = (await readdir(EXAMPLES)).filter((name) => name !== 'README.md')
    expect(linked.sort()).toEqual(there.sort())
  })
})

/** Files and links of a built package, without metadata. */
async function packageFiles(home: string, name: string): Promise<string[]> {
  const listed = await runScript(`tar -tvzf packages/*/${name}.apk 2>/dev/null | grep '^[-l]' | awk '{print $6}'`, home)
  return listed
    .split('\n')
    .filter((path) => !path.startsWith('.') && !path.startsWith('var/lib/db/sbom'))
    .sort()
}
