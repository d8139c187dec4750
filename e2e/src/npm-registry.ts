import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { gzip, tarHeader, writeTar } from '@apkts/archive'
import { utf8 } from '@apkts/encoding'

/** Versions of a package, each with the packages it depends on. */
export type Packages = Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>>

/** Serves packages of one empty program each on loopback, as registries of npm do. */
export async function serveNpmPackages(packages: Packages): Promise<{ readonly url: string; close(): Promise<void> }> {
  const server = createServer((request, response) => {
    const [, name = '', version] = /^\/([^/]+)(?:\/-\/.*-([\d.]+)\.tgz)?$/.exec(request.url ?? '') ?? []
    const versions = packages[name]
    if (versions === undefined) return response.writeHead(404).end()
    const { port } = server.address() as AddressInfo
    if (version === undefined)
      return response.end(JSON.stringify(packument(name, versions, `http://127.0.0.1:${port}`)))
    return response.end(tarball(manifest(name, version, versions[version] ?? {})))
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function packument(name: string, versions: Packages[string], base: string): object {
  const all = Object.entries(versions).map(([version, dependencies]) => {
    const own = manifest(name, version, dependencies)
    const integrity = `sha512-${createHash('sha512').update(tarball(own)).digest('base64')}`
    return [version, { ...own, dist: { tarball: `${base}/${name}/-/${name}-${version}.tgz`, integrity } }]
  })
  return { name, 'dist-tags': { latest: Object.keys(versions).at(-1) }, versions: Object.fromEntries(all) }
}

function manifest(name: string, version: string, dependencies: Readonly<Record<string, string>>): object {
  return { name, version, bin: { [name]: 'run.js' }, dependencies }
}

function tarball(packageJson: object): Uint8Array {
  const files = { 'package.json': JSON.stringify(packageJson), 'run.js': '#!/usr/bin/env node\n' }
  return gzip(
    writeTar(
      Object.entries(files).map(([name, text]) => {
        const content = utf8(text)
        const owner = { uid: 0, gid: 0, uname: '', gname: '', mtime: 1_700_000_000 }
        const header = tarHeader({ path: `package/${name}`, type: 'file', mode: 0o755, size: content.length, ...owner })
        return { header, content }
      }),
    ),
  )
}
