import { execFileSync } from 'node:child_process'
import { chmodSync, linkSync, mkdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

export interface DebFixture {
  readonly name: string
  readonly version?: string
  /** Further control fields, complete lines. */
  readonly fields?: string
  readonly files?: Readonly<Record<string, string>>
  readonly links?: Readonly<Record<string, string>>
  readonly hardLinks?: Readonly<Record<string, string>>
  readonly postinst?: string
}

const BUILT = new Date('2024-01-02T03:04:05Z')

export function hasDpkgDeb(): boolean {
  try {
    execFileSync('dpkg-deb', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Builds a .deb with dpkg-deb and returns its path. */
export function buildDeb(directory: string, fixture: DebFixture): string {
  const { name, version = '1.0-1' } = fixture
  const root = join(directory, `${name}-tree`)
  const put = (path: string, text: string, mode: number): void => {
    const file = join(root, path)
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, text)
    chmodSync(file, mode)
    utimesSync(file, BUILT, BUILT)
  }
  const control = `Package: ${name}\nVersion: ${version}\nArchitecture: all\nMaintainer: T <t@example.com>\n${fixture.fields ?? ''}Description: the package ${name}\n`
  put('DEBIAN/control', control, 0o644)
  if (fixture.postinst !== undefined) put('DEBIAN/postinst', fixture.postinst, 0o755)
  for (const [path, text] of Object.entries(fixture.files ?? {})) put(path, text, path.includes('bin/') ? 0o755 : 0o644)
  for (const [path, target] of Object.entries(fixture.links ?? {})) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    symlinkSync(target, join(root, path))
  }
  for (const [path, target] of Object.entries(fixture.hardLinks ?? {})) linkSync(join(root, target), join(root, path))
  const file = join(directory, `${name}.deb`)
  execFileSync('dpkg-deb', ['--root-owner-group', '-Zgzip', '--build', root, file], {
    stdio: 'ignore',
    env: { ...process.env, SOURCE_DATE_EPOCH: String(BUILT.getTime() / 1000) },
  })
  return file
}
