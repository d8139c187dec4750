import { createReadStream } from 'node:fs'
import { mkdir, open, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import {
  assembleControl,
  formatPkgInfo,
  type PackageRecord,
  type PackageScripts,
  type PkgInfoInput,
  packageFileName,
  parsePkgInfo,
  recordFromPackage,
} from '@apkts/apk'
import { ownedName } from '@apkts/cache'
import { type Instant, sha1 } from '@apkts/encoding'
import { type PrivateKey, signControl } from '@apkts/keyring'
import type { PackageTree } from '../tree/index.ts'
import { type Ownership, writeDataSection } from './data-section.ts'
import { EmitError } from './error.ts'
import { installedSize } from './installed-size.ts'

/** A package as it will be written. */
export interface PackagePlan {
  readonly info: Omit<PkgInfoInput, 'dataHash' | 'installedSize' | 'buildDate'>
  readonly melangeYaml: string
  readonly scripts: PackageScripts
  readonly tree: PackageTree
  readonly ownership: Ownership
  readonly buildDate: Instant
}

export interface EmitOptions {
  /** Receives `<name>-<version>.apk`. */
  readonly directory: string
  /** Absent: the package is not signed. */
  readonly key?: PrivateKey | undefined
}

/** A package that was written: where, and what the index says of it. */
export interface EmittedPackage {
  readonly file: string
  readonly record: PackageRecord
  /** SHA-256 of the data section, in hex. */
  readonly dataHash: string
  readonly installedSize: number
}

const HALF_SECOND = 500_000_000

/**
 * Writes a package, whole or not at all. Bytes depend on the plan alone.
 * @throws EmitError `LINE_BREAK` when a value would forge lines of `.PKGINFO`.
 */
export async function emitPackage(plan: PackagePlan, options: EmitOptions): Promise<EmittedPackage> {
  refuseLineBreaks(plan)
  await mkdir(options.directory, { recursive: true })
  const file = join(options.directory, packageFileName({ name: plan.info.name, version: plan.info.version }))
  const [data, whole] = [ownedName(), ownedName()].map((name) => join(options.directory, name)) as [string, string]
  const temporary = { data, package: whole }
  try {
    const emitted = await writeSections(plan, temporary, options.key)
    await rename(temporary.package, file)
    return { file, ...emitted }
  } finally {
    await Promise.all(Object.values(temporary).map((path) => rm(path, { force: true })))
  }
}

async function writeSections(plan: PackagePlan, temporary: { data: string; package: string }, key?: PrivateKey) {
  const mtime = plan.buildDate.seconds + (plan.buildDate.nanos >= HALF_SECOND ? 1 : 0)
  const dataHash = await writeData(plan, temporary.data, mtime)
  const size = installedSize(plan.tree)
  const text = formatPkgInfo({ ...plan.info, dataHash, installedSize: size, buildDate: plan.buildDate.seconds })
  const control = assembleControl(text, plan.melangeYaml, plan.scripts, mtime)
  const head = key === undefined ? [control] : [signControl(control, key, mtime), control]
  const length = await joinFiles(temporary.package, head, temporary.data)
  const record = recordFromPackage(parsePkgInfo(text), sha1(control), length)
  return { record, dataHash, installedSize: size }
}

async function writeData(plan: PackagePlan, path: string, mtime: number): Promise<string> {
  const file = await open(path, 'wx', 0o644)
  try {
    return await writeDataSection(plan.tree, async (chunk) => void (await file.writeFile(chunk)), {
      ownership: plan.ownership,
      mtime,
    })
  } finally {
    await file.close()
  }
}

async function joinFiles(target: string, head: readonly Uint8Array[], data: string): Promise<number> {
  const file = await open(target, 'wx', 0o644)
  try {
    for (const bytes of head) await file.writeFile(bytes)
    for await (const chunk of createReadStream(data)) await file.writeFile(chunk)
    return (await file.stat()).size
  } finally {
    await file.close()
  }
}

function refuseLineBreaks({ info }: PackagePlan): void {
  const values: [string, readonly string[]][] = [
    ['name', [info.name, info.version, info.origin]],
    ['description', [info.description]],
    ['url', [info.url]],
    ['commit', [info.commit]],
    ['namespace', [info.namespace ?? '']],
    ['licence', info.licenses ?? []],
    ['dependencies', [...(info.dependencies ?? []), ...(info.provides ?? []), ...(info.replaces ?? [])]],
    ['trigger paths', info.triggers ?? []],
  ]
  for (const [what, texts] of values) {
    const broken = texts.find((text) => /[\r\n]/.test(text))
    if (broken === undefined) continue
    throw new EmitError('LINE_BREAK', `${what} of ${info.name} must be one line, found ${JSON.stringify(broken)}`, {
      hint: 'a line break would add lines of its own to the package metadata; write the text on one line',
    })
  }
}
