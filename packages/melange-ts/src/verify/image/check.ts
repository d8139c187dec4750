import { type Digest, digestHex } from '@apkts/encoding'
import { Findings, type Report } from '../types.ts'
import type { BlobFacts } from './blob.ts'
import { checkInstalled } from './installed.ts'
import { field, isDigest, listOf, textOf } from './json.ts'
import type { LayerFacts } from './layer.ts'
import { stackLayers } from './tree.ts'

/** The files of an image archive or layout, by name. */
export type ImageFiles = ReadonlyMap<string, BlobFacts>

/** Checks that an image's documents, layers and files fit together: names, digests, sizes, diff IDs, installed database. */
export function checkImage(files: ImageFiles, subject: string): Report {
  const check = new ImageCheck(files, new Findings(subject))
  const summary = check.run()
  const { faults, warnings } = check.findings
  return { kind: 'image', subject, summary, faults, warnings, parts: [] }
}

const MAX_NESTING = 8

class ImageCheck {
  readonly findings: Findings
  readonly #files: ImageFiles
  readonly #byDigest: ReadonlyMap<string, BlobFacts>
  readonly #images = new Set<string>()
  #layers = 0
  #packages = 0

  constructor(files: ImageFiles, findings: Findings) {
    this.findings = findings
    this.#files = files
    this.#byDigest = new Map([...files.values()].map((facts) => [facts.digest, facts]))
  }

  run(): string {
    for (const [name, { digest }] of this.#files) this.#checkName(name, digest)
    const archive = this.#files.get('manifest.json')
    const index = this.#files.get('index.json')
    for (const entry of listOf(archive?.json)) this.#checkArchived(entry)
    if (index !== undefined) this.#checkIndex(index, 'index.json', 0)
    if (this.#images.size === 0) this.findings.fault('IMAGE_EMPTY', 'it lists no image')
    const count = (n: number, what: string) => `${n} ${what}${n === 1 ? '' : 's'}`
    return [
      count(this.#images.size, 'image'),
      count(this.#layers, 'layer'),
      count(this.#packages, 'installed package'),
    ].join(', ')
  }

  #checkName(name: string, digest: Digest): void {
    const stated = /(?:^blobs\/sha256\/|^sha256:|^)([0-9a-f]{64})(?:\.tar\.gz|\.tar|\.json)?$/.exec(name)?.[1]
    if (stated === undefined || stated === digestHex(digest)) return
    this.findings.fault('BLOB_DIGEST', `its name states another digest; it has ${digest}`, name)
  }

  /** An element of a docker archive's `manifest.json`. */
  #checkArchived(entry: unknown): void {
    const configName = textOf(field(entry, 'Config'))
    const config = this.#files.get(configName)
    const where = `image ${textOf(listOf(field(entry, 'RepoTags'))[0]) || configName}`
    if (config === undefined) this.findings.fault('BLOB_MISSING', `its config ${configName} is not there`, where)
    const layers = listOf(field(entry, 'Layers')).map((name) => {
      const layer = this.#files.get(textOf(name))
      if (layer === undefined) this.findings.fault('BLOB_MISSING', `its layer ${textOf(name)} is not there`, where)
      return layer
    })
    if (config !== undefined) this.#checkContents(config, layers, where)
  }

  /** An OCI index or image manifest (image-spec, image-index.md and manifest.md). */
  #checkIndex(facts: BlobFacts, where: string, depth: number): void {
    if (facts.json === undefined || depth > MAX_NESTING) {
      this.findings.fault('BLOB_UNREADABLE', facts.problem ?? 'it is no JSON document', where)
      return
    }
    for (const descriptor of listOf(field(facts.json, 'manifests'))) {
      const found = this.#follow(descriptor, where)
      if (found !== undefined) this.#checkIndex(found, `manifest ${found.digest}`, depth + 1)
    }
    const pointer = field(facts.json, 'config')
    if (pointer === undefined) return
    const config = this.#follow(pointer, where)
    const layers = listOf(field(facts.json, 'layers')).map((layer) => this.#follow(layer, where))
    if (config !== undefined) this.#checkContents(config, layers, `image ${config.digest}`)
  }

  /** The blob a descriptor points at. */
  #follow(descriptor: unknown, where: string): BlobFacts | undefined {
    const digest = textOf(field(descriptor, 'digest'))
    const found = this.#byDigest.get(digest)
    if (found === undefined) {
      const problem = isDigest(digest) ? `no blob has the digest ${digest}` : `${JSON.stringify(digest)} is no digest`
      this.findings.fault('BLOB_MISSING', problem, where)
    } else if (field(descriptor, 'size') !== found.size) {
      const stated = String(field(descriptor, 'size'))
      this.findings.fault('BLOB_SIZE', `${digest} should have ${stated} bytes, it has ${found.size}`, where)
    }
    return found
  }

  #checkContents(config: BlobFacts, blobs: readonly (BlobFacts | undefined)[], where: string): void {
    const ids = [config.digest, ...blobs.map((blob) => blob?.digest)].join(' ')
    if (this.#images.has(ids)) return
    this.#images.add(ids)
    this.#layers += blobs.length
    const diffIds = listOf(field(field(config.json, 'rootfs'), 'diff_ids'))
    if (diffIds.length !== blobs.length) {
      this.findings.fault('DIFF_ID', `its config lists ${diffIds.length} layers, it has ${blobs.length}`, where)
    }
    const layers = blobs.map((blob, i) => this.#checkLayer(blob, textOf(diffIds[i]), `${where}, layer ${i + 1}`))
    if (layers.every((layer) => layer !== undefined)) {
      this.#packages += checkInstalled(stackLayers(layers), where, this.findings)
    }
  }

  #checkLayer(blob: BlobFacts | undefined, diffId: string, where: string): LayerFacts | undefined {
    if (blob === undefined) return undefined
    if (blob.layer === undefined) {
      const problem = blob.problem ?? 'it is neither a tar nor a tar in gzip; other forms cannot be checked'
      this.findings.fault('LAYER_UNREADABLE', problem, where)
    } else if (blob.layer.diffId !== diffId) {
      this.findings.fault('DIFF_ID', `its config says ${diffId || 'nothing'}, it has ${blob.layer.diffId}`, where)
    }
    return blob.layer
  }
}
