import type { ImageConfig } from '@apkts/config'
import { compareBytes, concatBytes, type Instant, sha256Hex, utf8 } from '@apkts/encoding'
import { RootfsError } from '../error.ts'
import type { InstalledPackage } from '../install/installed.ts'
import { milliseconds, roundedSeconds } from '../time.ts'
import { readFileAt, readTextAt } from '../tree/files.ts'
import { baseName, cleanPath, parentOf } from '../tree/path.ts'
import type { Tree } from '../tree/tree.ts'
import { type Certificate, readCertificate } from './certificate.ts'
import { formatKeyStore, parseKeyStore } from './jks.ts'

const DIRECTORY = 'usr/local/share/ca-certificates'
const BUNDLES = [
  'etc/ssl/certs/ca-certificates.crt',
  'var/lib/ecs/deps/execute-command/certs/tls-ca-bundle.pem',
  'kaniko/ssl/certs/ca-certificates.crt',
] as const
const TRUSTSTORE = 'etc/ssl/certs/java/cacerts'
const TRUSTSTORE_PASSWORD = 'changeit'

interface Queued extends Certificate {
  readonly alias: string
}

export interface CertificateInput {
  readonly certificates: NonNullable<ImageConfig['certificates']>
  readonly installed: readonly InstalledPackage[]
  readonly imageDate: Instant
}

/**
 * Adds configured certificates and those of provider packages to the bundles and the Java truststore that the image has.
 * @throws RootfsError `CERTIFICATE_INVALID`, `TRUSTSTORE_INVALID`
 */
export async function addCertificates(tree: Tree, input: CertificateInput): Promise<void> {
  const mtime = roundedSeconds(input.imageDate)
  const queued = [
    ...installAdditional(tree, input.certificates.additional, mtime),
    ...(await providedCertificates(tree, input)),
  ]
  if (queued.length === 0) return
  for (const bundle of BUNDLES) await appendToBundle(tree, bundle, queued, mtime)
  await addToTruststore(tree, queued, input.imageDate)
}

/** Writes `.<name>.sha256` beside every trust store of the image, so that a change after the build can be noticed. */
export async function writeTrustStoreChecksums(tree: Tree, imageDate: Instant): Promise<void> {
  for (const path of [...BUNDLES, TRUSTSTORE]) {
    const bytes = await readFileAt(tree, path)
    if (bytes === undefined) continue
    const sidecar = `${parentOf(path)}/.${baseName(path)}.sha256`
    tree.writeFile(sidecar, utf8(`${sha256Hex(bytes)}  ${baseName(path)}\n`), 0o444)
    tree.change(sidecar, { mtime: roundedSeconds(imageDate) })
  }
}

function installAdditional(
  tree: Tree,
  additional: CertificateInput['certificates']['additional'],
  mtime: number,
): Queued[] {
  return additional.map(({ name, content }) => {
    const certificate = readCertificate(content)
    if ('problem' in certificate) {
      throw new RootfsError('CERTIFICATE_INVALID', `additional certificate "${name}": ${certificate.problem}`)
    }
    const alias = `${name}-${certificate.fingerprint}`
    const path = `${DIRECTORY}/${alias}.crt`
    tree.makeDirectories(DIRECTORY, 0o755)
    tree.writeFile(path, utf8(certificate.pem), 0o644)
    tree.change(path, { mtime })
    return { ...certificate, alias }
  })
}

async function providedCertificates(tree: Tree, { certificates, installed }: CertificateInput): Promise<Queued[]> {
  const providers = new Set(certificates.providers)
  const paths = installed
    .filter((item) => item.package.pkgInfo.provides.some((name) => providers.has(name)))
    .flatMap(({ files }) => files.filter(({ type }) => type !== 'directory').map(({ path }) => cleanPath(path)))
    .filter((path) => path.startsWith(`${DIRECTORY}/`) && /\.(crt|pem)$/.test(baseName(path)))
    .sort(compareBytes)
  const queued: Queued[] = []
  for (const path of paths) {
    const certificate = readCertificate((await readTextAt(tree, path)) ?? '')
    if (!('problem' in certificate)) queued.push({ ...certificate, alias: `pkg-${certificate.fingerprint}` })
  }
  return queued
}

async function appendToBundle(tree: Tree, path: string, queued: readonly Queued[], mtime: number): Promise<void> {
  const existing = await readFileAt(tree, path)
  if (existing === undefined) return
  tree.writeFile(path, concatBytes([existing, ...queued.map(({ pem }) => utf8(`${pem}\n`))]), 0o644)
  tree.change(path, { mtime })
}

async function addToTruststore(tree: Tree, queued: readonly Queued[], imageDate: Instant): Promise<void> {
  const bytes = await readFileAt(tree, TRUSTSTORE)
  if (bytes === undefined) return
  const entries = new Map(
    parseKeyStore(bytes, TRUSTSTORE_PASSWORD, TRUSTSTORE).map((entry) => [entry.alias.toLowerCase(), entry]),
  )
  for (const { alias, der } of queued) {
    const name = alias.toLowerCase()
    entries.set(name, { kind: 'certificate', alias: name, created: milliseconds(imageDate), type: 'X.509', der })
  }
  tree.writeFile(TRUSTSTORE, formatKeyStore([...entries.values()], TRUSTSTORE_PASSWORD), 0o644)
  tree.change(TRUSTSTORE, { mtime: roundedSeconds(imageDate) })
}
