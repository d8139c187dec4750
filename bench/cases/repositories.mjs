import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { constants, crc32, deflateRawSync } from 'node:zlib'

const DATE = 1_700_000_000
const MIB = 1 << 20
const WORDS =
  'alpine build cache digest entry file grep hash index json kernel layer mount node open path query root'.split(' ')

/**
 * Makes signed repositories out of nothing. `packages` are `{ name, version, files, dependencies }`, `files` sizes in
 * bytes. The key is the same for all repositories below `directory`.
 */
export async function makeRepository(directory, { arch, packages }) {
  const { recordFromPackage, splitApk, writeIndexArchive } = await import('@apkts/apk')
  const { signIndex } = await import('@apkts/keyring')
  rmSync(join(directory, arch), { recursive: true, force: true })
  mkdirSync(join(directory, arch), { recursive: true })
  const records = []
  for (const wanted of packages) {
    const bytes = await makePackage(wanted, arch)
    const { pkgInfo, sections } = splitApk(bytes, wanted.name)
    records.push(recordFromPackage(pkgInfo, sections.control.digest, bytes.length))
    writeFileSync(join(directory, arch, `${wanted.name}-${wanted.version}.apk`), bytes)
  }
  const key = await signingKey()
  writeFileSync(join(directory, arch, 'APKINDEX.tar.gz'), signIndex(writeIndexArchive(records), key.private))
  writeFileSync(join(directory, 'bench.rsa.pub'), key.publicPem)
}

let key
function signingKey() {
  key ??= (async () => {
    const { generateKeyPair, loadPrivateKey } = await import('@apkts/keyring')
    const { privatePem, publicPem } = await generateKeyPair({ bits: 2048 })
    return { private: loadPrivateKey(privatePem, 'bench.rsa'), publicPem }
  })()
  return key
}

async function makePackage({ name, version, files, dependencies = [] }, arch) {
  const { assembleControl, formatPkgInfo } = await import('@apkts/apk')
  const { concatBytes, sha256Hex } = await import('@apkts/encoding')
  const data = await compressed(await dataTar(name, version, files))
  const info = formatPkgInfo({
    name,
    version,
    arch,
    installedSize: files.reduce((sum, size) => sum + size, 0),
    origin: name,
    description: `made for measuring: ${name}`,
    url: 'https://example.com/',
    commit: '',
    buildDate: DATE,
    licenses: ['MIT'],
    dependencies,
    provides: [],
    dataHash: sha256Hex(data),
  })
  return concatBytes([assembleControl(info, undefined, {}, DATE), data])
}

/** As melange compresses data sections: every MiB by itself, with the end of the one before as dictionary. */
async function compressed(tar) {
  const { gzipHeader, gzipTrailer } = await import('@apkts/archive')
  const parts = [gzipHeader('melange')]
  for (let at = 0; at < tar.length; at += MIB) {
    const dictionary = at === 0 ? {} : { dictionary: tar.subarray(at - 16384, at) }
    const options = { level: 5, finishFlush: constants.Z_SYNC_FLUSH, ...dictionary }
    parts.push(deflateRawSync(tar.subarray(at, at + MIB), options))
  }
  return Buffer.concat([...parts, Buffer.from([3, 0]), gzipTrailer(crc32(tar), tar.length)])
}

async function dataTar(name, version, files) {
  const { tarHeader, writeTar } = await import('@apkts/archive')
  const { sha1Hex, utf8 } = await import('@apkts/encoding')
  const owned = { uid: 0, gid: 0, uname: 'root', gname: 'root', mtime: DATE }
  const directory = (path) => ({ header: tarHeader({ path, type: 'directory', mode: 0o755, ...owned }) })
  const members = files.map((size, i) => {
    const content = textOf(size, `${name} ${version} ${i}`)
    const pax = new Map([['APK-TOOLS.checksum.SHA1', utf8(sha1Hex(content))]])
    const path = `usr/share/${name}/file-${i}`
    return { header: tarHeader({ path, type: 'file', mode: 0o644, size, pax, ...owned }), content }
  })
  return writeTar([directory('usr'), directory('usr/share'), directory(`usr/share/${name}`), ...members])
}

/** Words and numbers in no order, about a third of the size when compressed; the same for the same seed. */
function textOf(size, seed) {
  const content = Buffer.allocUnsafe(size)
  let state = [...seed].reduce((hash, letter) => (hash * 31 + letter.charCodeAt(0)) >>> 0, 7)
  const next = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 8
  }
  for (let used = 0; used < size; ) {
    const word = next() % 3 === 0 ? `${next()}\n` : `${WORDS[next() % WORDS.length]} `
    used += content.write(word, used, 'latin1') || size - used
  }
  return content
}
