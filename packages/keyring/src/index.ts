export {
  type AlpineDiscovery,
  alpineBranch,
  discoverAlpineKeys,
} from './discover-alpine.ts'
export { discoverJwksKeys } from './discover-jwks.ts'
export type { DiscoveredKey, FetchBytes } from './discovery.ts'
export { KeyringError, type KeyringErrorCode } from './error.ts'
export { gatherKeys } from './gather-keys.ts'
export { generateKeyPair, type KeyPairPem } from './generate.ts'
export { judgeSignatures, type SignatureJudgement, type Trust, trustText } from './judge.ts'
export { readPrivateKeyFile, readPublicKeyFile, readPublicKeys, writeKeyPair } from './key-files.ts'
export { isRemoteKey, keyFileName } from './keyring-name.ts'
export type { KeyPolicy } from './policy.ts'
export { type LoadPrivateKeyOptions, loadPrivateKey, type PrivateKey, publicKeyName } from './private-key.ts'
export { type Keys, keyIdV3, loadPublicKey, type PublicKey, type SignatureHash, verify } from './public-key.ts'
export {
  addIndexSignature,
  indexSignatureNames,
  type PackageSignature,
  type Signers,
  signControl,
  signIndex,
  signPackage,
  signPackageStart,
  stripIndexSignatures,
} from './sign.ts'
export { buildSignatureMember, readSignatureMember, type Signature, type SignatureInput } from './signature-member.ts'
export { type VerifiedIndex, type VerifyIndexOptions, verifyIndex } from './verify-index.ts'
export { type PackageVerification, type VerifyOutcome, verifyPackage } from './verify-package.ts'
