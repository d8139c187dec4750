import { ApkError, type PkgInfo, parsePkgInfo } from '@apkts/apk'
import { type Fact, fact } from './fact.ts'

/** How apko's reader takes `.PKGINFO` texts (apk v2 worked example); an error where the value is `error`. */
const READINGS: readonly (readonly [text: string, field: keyof PkgInfo, value: unknown])[] = [
  ['pkgdesc = C# library', 'description', 'C'],
  ['pkgdesc = a; b', 'description', 'a'],
  ['url = http://a/#frag', 'url', 'http://a/'],
  ['pkgdesc = "quoted"', 'description', 'quoted'],
  ["pkgdesc = 'quoted'", 'description', 'quoted'],
  ['pkgdesc = "a" and "b"', 'description', '"a" and "b"'],
  ['pkgdesc = `back` tick `', 'description', 'back` tick '],
  ['pkgdesc = """tri""" x', 'description', 'tri'],
  ['pkgdesc = x \\\nurl = http://x/', 'description', 'x url = http://x/'],
  ['pkgname = zz\npkgdesc = 100% of %(pkgname)s x', 'description', '100% of zz x'],
  ['pkgdesc = %(nope)s x', 'description', '%(nope)s x'],
  ['pkgdesc = a\\#b', 'description', 'a\\'],
  ['license = MIT\nlicense = Apache-2.0', 'license', 'MIT'],
  ['depend = a\ndepend = b\ndepend = a', 'dependencies', ['a', 'b']],
  ['depend = a,b , c', 'dependencies', ['a', 'b', 'c']],
  ['depend = a b', 'dependencies', ['a b']],
  ['provides = a=1\\,2', 'provides', ['a=1\\', '2']],
  ['pkgname =\npkgname = b', 'name', ''],
  ['size = 0x10', 'size', 16],
  ['size = 010', 'size', 8],
  ['size = 1_000', 'size', 1000],
  ['size = -5', 'size', 0],
  ['size = abc', 'size', 0],
  ['size = 18446744073709551616', 'size', 0],
  ['size = 5m', 'size', 'error'],
  ['builddate = 1.5', 'buildDate', 0],
  ['pkgname:a', 'name', 'a'],
  ['pkgname', 'name', 'error'],
  ['= a', 'name', 'error'],
  ['[sec]\npkgname = a', 'name', ''],
  ['PKGNAME = a', 'name', ''],
]

export function* pkgInfoFacts(): Generator<Fact> {
  for (const [text, field, value] of READINGS) yield fact(`.PKGINFO ${JSON.stringify(text)}`, value, read(text, field))
}

function read(text: string, field: keyof PkgInfo): unknown {
  try {
    return parsePkgInfo(`${text}\n`)[field]
  } catch (error) {
    if (error instanceof ApkError) return 'error'
    throw error
  }
}
