import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type LoopbackInternet, type Site, startInternet } from './internet.ts'
import { makeKey, makeRepository, type PackageFixture } from './repository.ts'

export interface DistributionOptions {
  /** Where repositories and certificates are made. */
  readonly directory: string
  /** Program that stands for busybox. */
  readonly busybox: string | Uint8Array
  readonly archs: readonly string[]
}

/**
 * Plays the sites of Alpine and Wolfi on loopback, each with a small repository of its own under the real URLs, and a
 * mirror of the latter at https://mirror.example/wolfi.
 */
export async function startDistributions({
  directory,
  busybox,
  archs,
}: DistributionOptions): Promise<LoopbackInternet> {
  const alpineKey = await makeKey('alpine-devel@example.org-1')
  const wolfiKey = await makeKey('wolfi-signing')
  for (const arch of archs) {
    await makeRepository(join(directory, 'alpine/alpine/edge/main'), alpine(busybox), alpineKey, arch)
    await makeRepository(join(directory, 'wolfi/os'), wolfi(busybox), wolfiKey, arch)
  }
  const wolfiSite = await siteOf(join(directory, 'wolfi'))
  return startInternet(
    {
      'dl-cdn.alpinelinux.org': await siteOf(join(directory, 'alpine')),
      'alpinelinux.org': (path) =>
        path === '/releases.json'
          ? JSON.stringify(releases(archs))
          : path === '/keys/alpine-devel@example.org-1.rsa.pub'
            ? alpineKey.publicPem
            : undefined,
      'packages.wolfi.dev': wolfiSite,
      'mirror.example': (path) => wolfiSite(path.replace(/^\/wolfi\//, '/os/')),
    },
    directory,
  )
}

function alpine(busybox: string | Uint8Array): PackageFixture[] {
  return [
    {
      name: 'alpine-base',
      dependencies: ['busybox'],
      files: { 'etc/os-release': 'ID=alpine\nNAME="Alpine"\nVERSION_ID=3.99\n' },
    },
    {
      name: 'busybox',
      version: '1.36.1-r7',
      files: { 'bin/busybox': busybox, 'bin/sh': '-> /bin/busybox' },
    },
  ]
}

function wolfi(busybox: string | Uint8Array): PackageFixture[] {
  return [
    { name: 'wolfi-base', dependencies: ['wolfi-baselayout', 'busybox', 'apk-tools'] },
    {
      name: 'wolfi-baselayout',
      provides: ['merged-lib'],
      files: {
        'etc/os-release': 'ID=wolfi\nNAME="Wolfi"\nVERSION_ID=20990101\n',
        bin: '-> usr/bin',
        sbin: '-> usr/bin',
      },
    },
    { name: 'busybox', version: '1.37.0-r50', files: { 'usr/bin/busybox': busybox, 'usr/bin/sh': '-> busybox' } },
    { name: 'apk-tools', files: { 'usr/bin/apk': 'a program' } },
  ]
}

function releases(archs: readonly string[]): object {
  const url = 'https://alpinelinux.org/keys/alpine-devel%20example.org-1.rsa.pub'
  const keys = Object.fromEntries(archs.map((arch) => [arch, [{ url, deprecated_since: '' }]]))
  return { release_branches: [{ rel_branch: 'edge', keys }] }
}

/** The files below a directory as they are now. */
async function siteOf(directory: string): Promise<Site> {
  const files = new Map<string, Uint8Array>()
  for (const entry of await readdir(directory, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isFile()) files.set(path.slice(directory.length), await readFile(path))
  }
  return (path) => files.get(path)
}
