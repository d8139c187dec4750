/**
 * SPDX expression of a DEP-5 licence expression: names joined by `and`, `or` (and commas before them), `with … exception`.
 * Unknown names become `LicenseRef-debian-‹name›` with characters outside SPDX's alphabet replaced by `-`.
 */
export function toSpdx(expression: string): string {
  const alternatives = expression.split(/,?\s+or\s+/i).map((side) => {
    const parts = side.split(/\s*,\s*(?:and\s+)?|\s+and\s+/i).filter((part) => part !== '')
    return { text: parts.map(oneLicence).join(' AND '), joined: parts.length > 1 }
  })
  if (alternatives.length === 1) return alternatives[0]!.text
  return alternatives.map((side) => (side.joined ? `(${side.text})` : side.text)).join(' OR ')
}

/** Single licence names of an expression, as written. */
export function licenceNames(expression: string): string[] {
  return expression.split(/,?\s+or\s+|\s*,\s*(?:and\s+)?|\s+and\s+/i).filter((name) => name !== '')
}

function oneLicence(name: string): string {
  const [base, exception] = name.trim().split(/\s+with\s+/i)
  const id = identifier(base!)
  const clause =
    exception === undefined ? undefined : EXCEPTIONS.get(exception.toLowerCase().replace(/\s*exceptions?$/, ''))
  if (exception !== undefined && clause === undefined) return `LicenseRef-debian-${safe(name)}`
  return clause === undefined || id.startsWith('LicenseRef-') ? id : `${id} WITH ${clause}`
}

function identifier(name: string): string {
  const lower = name.toLowerCase()
  const gnu = /^(gpl|lgpl|agpl|gfdl)-?v?(\d+(?:\.\d+)?)(\+|-or-later|-only)?$/.exec(lower)
  if (gnu !== null) return gnuIdentifier(gnu[1]!, gnu[2]!, gnu[3] === '+' || gnu[3] === '-or-later')
  return NAMES.get(lower) ?? `LicenseRef-debian-${safe(name)}`
}

// DEP-5 writes GPL-2 and GPL-2+; SPDX GPL-2.0-only and GPL-2.0-or-later.
function gnuIdentifier(family: string, version: string, later: boolean): string {
  const full = version.includes('.') ? version : `${version}.0`
  return `${family.toUpperCase()}-${full}-${later ? 'or-later' : 'only'}`
}

function safe(name: string): string {
  return name.replaceAll(/[^A-Za-z0-9.-]+/g, '-').replaceAll(/^-+|-+$/g, '')
}

const EXCEPTIONS: ReadonlyMap<string, string> = new Map([
  ['gcc', 'GCC-exception-3.1'],
  ['gcc-runtime-library', 'GCC-exception-3.1'],
  ['autoconf', 'Autoconf-exception-2.0'],
  ['bison', 'Bison-exception-2.2'],
  ['libtool', 'Libtool-exception'],
  ['openssl', 'openvpn-openssl-exception'],
  ['classpath', 'Classpath-exception-2.0'],
  ['font', 'Font-exception-2.0'],
  ['linux-syscall-note', 'Linux-syscall-note'],
])

const NAMES: ReadonlyMap<string, string> = new Map([
  ...['Apache-2.0', 'Apache-1.1', 'Artistic-1.0', 'Artistic-2.0', 'BSL-1.0', 'CC0-1.0', 'CC-BY-3.0', 'CC-BY-4.0'].map(
    same,
  ),
  ...['CC-BY-SA-3.0', 'CC-BY-SA-4.0', 'CDDL-1.0', 'CPL-1.0', 'EPL-1.0', 'EPL-2.0', 'FSFAP', 'FSFUL', 'FSFULLR'].map(
    same,
  ),
  ...['HPND', 'ICU', 'ISC', 'MIT', 'MIT-0', 'MPL-1.1', 'MPL-2.0', 'NCSA', 'OFL-1.1', 'OpenSSL', 'PSF-2.0', '0BSD'].map(
    same,
  ),
  ...['Python-2.0', 'Unlicense', 'W3C', 'WTFPL', 'Zlib', 'ZPL-2.1', 'BSD-2-Clause', 'BSD-3-Clause', 'X11', 'curl'].map(
    same,
  ),
  ...['BSD-4-Clause', 'BSD-4-Clause-UC', 'Unicode-DFS-2016', 'Beerware', 'bzip2-1.0.6', 'OLDAP-2.8', 'Vim', 'TCL'].map(
    same,
  ),
  ['expat', 'MIT'],
  ['mit/x11', 'MIT'],
  ['mit/expat', 'MIT'],
  ['x11/mit', 'MIT'],
  ['apache-2', 'Apache-2.0'],
  ['apache 2.0', 'Apache-2.0'],
  ['artistic', 'Artistic-1.0-Perl'],
  ['artistic-2', 'Artistic-2.0'],
  ['bsd-2-clauses', 'BSD-2-Clause'],
  ['bsd-2', 'BSD-2-Clause'],
  ['bsd-3', 'BSD-3-Clause'],
  ['bsd-3-clauses', 'BSD-3-Clause'],
  ['bsd', 'BSD-3-Clause'],
  ['bsd-4', 'BSD-4-Clause'],
  ['bsd-variant', 'BSD-3-Clause'],
  ['boost-1.0', 'BSL-1.0'],
  ['cc0', 'CC0-1.0'],
  ['ofl', 'OFL-1.1'],
  ['psf', 'PSF-2.0'],
  ['psf-2', 'PSF-2.0'],
  ['python', 'Python-2.0'],
  ['zlib/libpng', 'Zlib'],
  ['mpl-2', 'MPL-2.0'],
  ['bzip2', 'bzip2-1.0.6'],
])

function same(id: string): [string, string] {
  return [id.toLowerCase(), id]
}
