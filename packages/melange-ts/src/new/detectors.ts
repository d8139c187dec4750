import type { Project, ReadProjectFile } from './project.ts'

type Detector = (names: ReadonlySet<string>, read: ReadProjectFile) => Promise<Project | undefined>

/** In this order: a project with `configure` and `CMakeLists.txt` is released by the former. */
export const DETECTORS: readonly Detector[] = [
  cargo,
  go,
  meson,
  autotools,
  cmake,
  python,
  npm,
  perl,
  async (names) => (names.has('Makefile') || names.has('GNUmakefile') ? { system: 'make' } : undefined),
]

async function cargo(_names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const text = await read('Cargo.toml')
  if (text === undefined) return undefined
  const section = tomlSection(text, 'package')
  const name = tomlText(section, 'name')
  return {
    system: 'cargo',
    name,
    version: tomlText(section, 'version'),
    description: tomlText(section, 'description'),
    programs: programsOf(tomlText(tomlSection(text, '[bin]'), 'name') ?? name),
  }
}

async function go(_names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const text = await read('go.mod')
  if (text === undefined) return undefined
  const module = /^module\s+"?([^\s"]+)/m.exec(text)?.[1]
  const parts = module?.split('/') ?? []
  const last = /^v\d+$/.test(parts.at(-1) ?? '') ? parts.at(-2) : parts.at(-1)
  return { system: 'go', name: last, programs: programsOf(last) }
}

async function meson(_names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const text = await read('meson.build')
  if (text === undefined) return undefined
  const call = /\bproject\s*\(([^)]*)/.exec(text)?.[1] ?? ''
  return {
    system: 'meson',
    name: /^\s*'([^']*)'/.exec(call)?.[1],
    version: /\bversion\s*:\s*'([^']*)'/.exec(call)?.[1],
  }
}

async function autotools(names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const source = (await read('configure.ac')) ?? (await read('configure.in'))
  if (source === undefined && !names.has('configure')) return undefined
  const init = /\bAC_INIT\s*\(([^)]*)\)/.exec(source ?? '')?.[1]?.split(',') ?? []
  const [name, version] = init.map((word) => word.trim().replace(/^\[|\]$/g, ''))
  const text = (await read('configure')) ?? ''
  return {
    system: 'autotools',
    name: name || /^PACKAGE_TARNAME='([^']*)'/m.exec(text)?.[1],
    version: version || /^PACKAGE_VERSION='([^']*)'/m.exec(text)?.[1],
    bootstrap: !names.has('configure'),
  }
}

async function cmake(_names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const text = await read('CMakeLists.txt')
  if (text === undefined) return undefined
  const call = /^\s*project\s*\(([^)]*)/im.exec(text)?.[1]?.trim() ?? ''
  return { system: 'cmake', name: /^"?([^\s"]+)/.exec(call)?.[1], version: /\bVERSION\s+"?([^\s")]+)/.exec(call)?.[1] }
}

async function python(names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  if (!['pyproject.toml', 'setup.py', 'setup.cfg'].some((name) => names.has(name))) return undefined
  const toml = (await read('pyproject.toml')) ?? ''
  const project = tomlSection(toml, 'project') || tomlSection(toml, 'tool.poetry')
  const setup = `${(await read('setup.py')) ?? ''}\n${(await read('setup.cfg')) ?? ''}`
  const fromSetup = (key: string): string | undefined =>
    new RegExp(`^\\s*${key}\\s*=\\s*["']?([^"',\\s]+)`, 'm').exec(setup)?.[1]
  return {
    system: 'python',
    name: tomlText(project, 'name') ?? fromSetup('name'),
    version: tomlText(project, 'version') ?? fromSetup('version'),
    description: tomlText(project, 'description'),
  }
}

async function npm(_names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  const manifest = jsonObject(await read('package.json'))
  if (manifest === undefined) return undefined
  const text = (key: string): string | undefined => (typeof manifest[key] === 'string' ? manifest[key] : undefined)
  const name = text('name')
  const bin = manifest.bin
  const programs = typeof bin === 'object' && bin !== null ? Object.keys(bin) : bin === undefined ? [] : [name ?? '']
  return { system: 'npm', name, version: text('version'), description: text('description'), programs }
}

async function perl(names: ReadonlySet<string>, read: ReadProjectFile): Promise<Project | undefined> {
  if (!names.has('Makefile.PL') && !names.has('Build.PL')) return undefined
  const meta = jsonObject(await read('META.json')) ?? {}
  const text = (key: string): string | undefined => (typeof meta[key] === 'string' ? meta[key] : undefined)
  const name = text('name')
  return { system: 'perl', name: name && `perl-${name}`, version: text('version'), description: text('abstract') }
}

function programsOf(name: string | undefined): string[] {
  return name === undefined ? [] : [name]
}

function jsonObject(text: string | undefined): Record<string, unknown> | undefined {
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined
  } catch (error) {
    if (error instanceof SyntaxError) return undefined
    throw error
  }
}

/** The lines of a table of a TOML file; enough for the few plain keys that are read here. */
function tomlSection(text: string, name: string): string {
  const lines = text.split('\n')
  const start = lines.findIndex((line) => line.trim() === `[${name}]`)
  if (start < 0) return ''
  const end = lines.findIndex((line, at) => at > start && line.startsWith('['))
  return lines.slice(start + 1, end < 0 ? undefined : end).join('\n')
}

function tomlText(section: string, key: string): string | undefined {
  return new RegExp(`^${key}\\s*=\\s*["']([^"'\\n]*)["']`, 'm').exec(section)?.[1]
}
