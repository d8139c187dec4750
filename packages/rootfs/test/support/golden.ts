import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeYaml, imageConfigType } from '@apkts/config'
import { type Instant, instant, parseRfc3339 } from '@apkts/encoding'
import type { ComposeInput, InstallPackage } from '../../src/index.ts'
import { readPackage } from './packages.ts'

/** Recorded results of the original, and the packages they are made of. */
export const DATA = process.env.CONFORMANCE_DATA ?? join(import.meta.dirname, '../../../../../shared/data')
export const IMAGES = join(DATA, 'golden-images')
export const hasData = existsSync(IMAGES)

export interface GoldenImage {
  readonly arch: string
  readonly diffIds: readonly string[]
}

export interface GoldenCase {
  readonly name: string
  readonly env: Readonly<Record<string, string>>
  readonly argv: readonly string[]
  readonly images?: readonly GoldenImage[]
  readonly outputSha256?: string
}

export interface LayerRecord {
  readonly path: string
  readonly text?: string
}

export function goldenCases(): GoldenCase[] {
  if (!hasData) return []
  return readdirSync(IMAGES)
    .filter((name) => existsSync(join(IMAGES, name, 'case.json')))
    .sort()
    .map((name) => JSON.parse(readFileSync(join(IMAGES, name, 'case.json'), 'utf8')) as GoldenCase)
}

/** The records of a listing, one per line. */
export function readListing(...path: string[]): LayerRecord[] {
  return readFileSync(join(IMAGES, ...path), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as LayerRecord)
}

/** What the original composed a recorded image from, read back from the files apko wrote into it. */
export function composeInput(golden: GoldenCase, arch: string, top: readonly LayerRecord[]): ComposeInput {
  const text = (path: string) => top.find((record) => record.path === path)?.text ?? ''
  const config = decodeYaml({ file: 'apko.json', text: text('etc/apko.json') }, imageConfigType).value
  const runtimeKeys = new Set(config.contents.runtimeKeyring.map(({ name }) => name))
  const keys = top
    .filter(({ path }) => path.startsWith('etc/apk/keys/'))
    .map((record) => [record.path.slice('etc/apk/keys/'.length), record.text!] as const)
    .filter(([name]) => !runtimeKeys.has(name))
  const packages = installedPackages(text('usr/lib/apk/db/installed'), arch)
  return {
    config,
    arch,
    packages,
    keys: new Map(keys),
    world: lines(text('etc/apk/world')),
    buildRepositories: config.contents.repositories,
    runtimeRepositories: lines(text('etc/apk/repositories')),
    contextDate: contextDate(golden),
    imageDate: imageDate(golden, arch) ?? newest(packages),
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

// Records of a base image are told by the brackets that apko doubles when it writes them again.
function installedPackages(installed: string, arch: string): ReturnType<typeof readPackage>[] {
  return installed
    .split('\n\n')
    .filter((record) => record.includes('\ni:[') && !record.includes('\ni:[['))
    .map((record) => `${/^P:(.*)/m.exec(record)?.[1]}-${/^V:(.*)/m.exec(record)?.[1]}.apk`)
    .map((file) => readPackage(...findPackage(arch, file)))
}

const REPOSITORIES = ['synthetic/main', 'synthetic/extra', 'apko-testdata/packages']

function findPackage(arch: string, file: string): [Uint8Array, string] {
  for (const repository of REPOSITORIES) {
    const path = join(DATA, 'repos', repository, arch, file)
    if (existsSync(path)) return [readFileSync(path), file]
  }
  throw new Error(`no repository has ${file}`)
}

function contextDate({ env, argv }: GoldenCase): Instant {
  const epoch = env.SOURCE_DATE_EPOCH
  if (epoch !== undefined && epoch !== '') return instant(Number(epoch))
  const flag = argv.indexOf('--build-date')
  return parseRfc3339(argv[flag + 1] ?? '') ?? instant(0)
}

function imageDate({ name }: GoldenCase, arch: string): Instant | undefined {
  const path = join(IMAGES, name, arch, 'config.json')
  if (!existsSync(path)) return undefined
  return parseRfc3339((JSON.parse(readFileSync(path, 'utf8')) as { created: string }).created)
}

function newest(packages: readonly InstallPackage[]): Instant {
  return instant(Math.max(...packages.map(({ pkgInfo }) => pkgInfo.buildDate)))
}

/** What the recorded cpio archive was composed from; its listing has no contents to read that from. */
export function cpioInput(): ComposeInput {
  const text = readFileSync(join(IMAGES, '43-cpio/image.yaml'), 'utf8')
  const { accounts, ...config } = decodeYaml({ file: 'image.yaml', text }, imageConfigType).value
  const users = accounts.users.map((user) => ({ ...user, homeDir: `/home/${user.userName}` }))
  const packages = ['links-1-r0', 'ca-bundle-20230506-r0', 'merged-layout-20230201-r7', 'setuid-tools-0.9-r2']
  return {
    config: { ...config, accounts: { ...accounts, users } },
    arch: 'x86_64',
    packages: packages.map((name) => readPackage(...findPackage('x86_64', `${name}.apk`))),
    keys: new Map([['synthetic.rsa.pub', readFileSync(join(DATA, 'repos/synthetic/synthetic.rsa.pub'), 'utf8')]]),
    world: config.contents.packages,
    buildRepositories: config.contents.repositories,
    runtimeRepositories: config.contents.repositories,
    contextDate: instant(0),
    imageDate: instant(0),
  }
}
