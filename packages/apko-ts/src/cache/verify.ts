import { createHash, type Hash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { ApkError, readIndexArchive, splitApk } from '@apkts/apk'
import { ArchiveError, isZlibError } from '@apkts/archive'
import { readChecked } from '@apkts/cache'
import { isSystemError, messageOf } from '@apkts/diagnostics'
import { hex, sha1 } from '@apkts/encoding'
import { hasDigest } from '../build/layer-cache.ts'
import { contentOf, readRecord } from '../build/layer-record.ts'
import type { CacheEntry } from './entries.ts'

/**
 * What is wrong with an entry; empty when nothing is. Everything is read again: the control section's SHA-1 is its
 * name, the compressed data section's SHA-256 is its name and stated by the control section, the inflated one must be
 * what comes out of it; indexes must be readable; layers have the digest that was noted, and records of images are undamaged.
 */
export async function verifyEntry(entry: CacheEntry): Promise<string[]> {
  try {
    switch (entry.kind) {
      case 'package':
        return await verifyPackage(entry.paths[0]!)
      case 'index':
        return await verifyIndex(entry.paths[0]!)
      case 'key':
        return await verifyKey(entry.paths[0]!)
      case 'layer':
        return await verifyLayer(entry)
      case 'image':
        return (await readChecked(entry.paths[0]!)) === undefined ? ['it is not what was noted'] : []
      default:
        return []
    }
  } catch (error) {
    if (isSystemError(error) || error instanceof ApkError || error instanceof ArchiveError || isZlibError(error)) {
      return [messageOf(error)]
    }
    throw error
  }
}

const CONTROL = /^([0-9a-f]{40})\.ctl\.tar\.gz$/
const INFLATED = /^([0-9a-f]{64})\.dat\.tar$/

async function verifyPackage(directory: string): Promise<string[]> {
  const names = await readdir(directory)
  const controls = names.filter((name) => CONTROL.test(name))
  const stated = new Set<string>()
  const problems = controls.length === 0 ? ['there is no control section'] : []
  for (const name of controls) {
    const bytes = await readFile(join(directory, name))
    if (hex(sha1(bytes)) !== CONTROL.exec(name)?.[1]) problems.push(`${name} is not the control section it was`)
    else stated.add(splitApk(bytes, name).pkgInfo.dataHash.toLowerCase())
  }
  for (const hash of stated) problems.push(...(await verifyData(directory, hash, names)))
  const strays = names.filter((name) => INFLATED.test(name) && !names.includes(`${name}.gz`))
  return [...problems, ...strays.map((name) => `${name} cannot be checked: its compressed form is missing`)]
}

async function verifyData(directory: string, hash: string, names: readonly string[]): Promise<string[]> {
  const compressed = `${hash}.dat.tar.gz`
  if (!names.includes(compressed)) return [`${compressed} is missing`]
  const digest = createHash('sha256')
  const inflated = createHash('sha256')
  const source = createReadStream(join(directory, compressed))
  source.on('data', (chunk) => digest.update(chunk))
  await pipeline(source, createGunzip(), inflated)
  if (digest.digest('hex') !== hash) return [`${compressed} is not the data section it was`]
  if (!names.includes(`${hash}.dat.tar`)) return []
  const actual = await hashFile(join(directory, `${hash}.dat.tar`), createHash('sha256'))
  return actual === inflated.digest('hex') ? [] : [`${hash}.dat.tar is not what its compressed form contains`]
}

async function verifyIndex(path: string): Promise<string[]> {
  readIndexArchive(await readFile(path))
  return []
}

async function verifyKey(path: string): Promise<string[]> {
  return (await readFile(path, 'utf8')).includes('-----BEGIN ') ? [] : ['it is no public key']
}

async function verifyLayer({ paths: [file = '', noted] }: CacheEntry): Promise<string[]> {
  if (noted === undefined) return ['the record of its digest is missing']
  const record = await readRecord(noted)
  if (record === undefined) return ['the record of its digest is damaged']
  const content = contentOf(dirname(file), basename(noted, '.json'), record)
  return (await hasDigest(content, record.digest)) ? [] : ['its digest is not the one that was noted']
}

async function hashFile(path: string, hash: Hash): Promise<string> {
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}
