export { compareBytes, concatBytes, isAscii, sortedUnique, utf8, utf8Decode } from './bytes.ts'
export {
  base32,
  base64,
  type Digest,
  digestHex,
  digestOf,
  fromBase64,
  fromHex,
  hex,
  sha1,
  sha1Hex,
  sha256,
  sha256Hex,
  sha512Hex,
} from './digest.ts'
export { formatGoDuration, parseGoDuration } from './go-duration.ts'
export { goJson, goJsonString, type JsonValue } from './go-json.ts'
export { compareInstants, formatRfc3339, formatRfc3339Nano, type Instant, instant, parseRfc3339 } from './go-time.ts'
