import { generateKeyPairSync, randomBytes } from 'node:crypto'
import forge from 'node-forge'

export interface Identity {
  readonly key: string
  readonly cert: string
}

/** A certificate authority for one test run and leaf certificates for the host names it plays. */
export interface TestCa {
  readonly cert: string
  identityFor(host: string): Identity
}

export function createTestCa(): TestCa {
  const ca = rsaKeys()
  const subject = [{ name: 'commonName', value: 'loopback test authority' }]
  const root = certificate(ca.publicKey, subject, subject, [{ name: 'basicConstraints', cA: true }])
  root.sign(ca.privateKey, forge.md.sha256.create())
  const leaf = rsaKeys()
  const known = new Map<string, Identity>()
  return {
    cert: forge.pki.certificateToPem(root),
    identityFor(host) {
      const existing = known.get(host)
      if (existing !== undefined) return existing
      const names = [{ name: 'subjectAltName', altNames: [{ type: 2, value: host }] }]
      const cert = certificate(leaf.publicKey, [{ name: 'commonName', value: host }], subject, names)
      cert.sign(ca.privateKey, forge.md.sha256.create())
      const identity = { key: leaf.pem, cert: forge.pki.certificateToPem(cert) }
      known.set(host, identity)
      return identity
    },
  }
}

function rsaKeys() {
  // Node makes the key in a fraction of the time that forge would take.
  const { privateKey } = generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  })
  const key = forge.pki.privateKeyFromPem(privateKey)
  return { pem: privateKey, privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) }
}

type Names = forge.pki.CertificateField[]

function certificate(key: forge.pki.rsa.PublicKey, subject: Names, issuer: Names, extensions: object[]) {
  const cert = forge.pki.createCertificate()
  cert.publicKey = key
  cert.serialNumber = `01${randomBytes(8).toString('hex')}`
  cert.validity.notBefore = new Date(Date.now() - 3_600_000)
  cert.validity.notAfter = new Date(Date.now() + 86_400_000)
  cert.setSubject(subject)
  cert.setIssuer(issuer)
  cert.setExtensions(extensions)
  return cert
}
