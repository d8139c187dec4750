import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { decodeYaml, imageConfigType } from '@apkts/config'
import { type Instant, instant, parseRfc3339 } from '@apkts/encoding'
import type { ComposeInput } from '../../src/index.ts'
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
  return {
    config,
    arch,
    packages: installedPackages(text('usr/lib/apk/db/installed'), arch, config.contents.packages),
    keys: new Map(keys),
    world: lines(text('etc/apk/world')),
    buildRepositories: config.contents.repositories,
    runtimeRepositories: lines(text('etc/apk/repositories')),
    contextDate: contextDate(golden),
    imageDate: imageDate(golden, arch),
  }
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

function installedPackages(installed: string, arch: string, wanted: readonly string[]): ReturnType<typeof readPackage>[] {
  const locked = new Set(wanted.map((item) => item.replace(/@.*/, '')))
  return installed
    .split('\n\n')
    .map((record) => ({ name: /^P:(.*)/m.exec(record)?.[1], version: /^V:(.*)/m.exec(record)?.[1] }))
    .filter(({ name, version }) => name !== undefined && locked.has(`${name}=${version}`))
    .map(({ name, version }) => readPackage(...findPackage(arch, `${name}-${version}.apk`)))
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

function imageDate({ name }: GoldenCase, arch: string): Instant {
  const path = join(IMAGES, name, arch, 'config.json')
  if (!existsSync(path)) return instant(0)
  return parseRfc3339((JSON.parse(readFileSync(path, 'utf8')) as { created: string }).created)!
}
