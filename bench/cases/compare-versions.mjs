// Compares as many pairs of versions as the argument says, of the kinds that repositories have.
import { compareVersions } from '../../packages/apk/dist/index.js'

const versions = Array.from({ length: 80_000 }, (_, i) => {
  const suffix = i % 11 === 0 ? `_p${i % 13}` : i % 17 === 0 ? '_rc1' : ''
  return `${i % 9}.${i % 50}.${i % 7}${suffix}-r${i % 5}`
})
let greater = 0
for (let i = 0; i < Number(process.argv[2]); i++) {
  if (compareVersions(versions[i % versions.length], versions[(i * 7919) % versions.length]) > 0) greater++
}
if (greater === 0) throw new Error('no version is greater than another')
