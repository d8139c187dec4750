import { execa } from 'execa'

/** A repository inside another one. */
export interface Submodule {
  /** As git in a checkout will ask for it. */
  readonly url: string
  readonly commit: string
  /** Whether the URL is a relative one: a place beside the repository around it, of the same kind as that. */
  readonly relative: boolean
}

type Environment = Readonly<Record<string, string | undefined>>

/** The submodules of a commit of a repository, read from its mirror (gitmodules(5)). */
export async function submodulesOf(
  mirror: { readonly directory: string; readonly url: string },
  commit: string,
  env: Environment,
): Promise<Submodule[]> {
  const git = async (...args: string[]): Promise<string> => {
    return (await execa('git', ['-C', mirror.directory, ...args], { env, extendEnv: false })).stdout
  }
  if ((await git('ls-tree', '-z', commit, '--', '.gitmodules')) === '') return []
  const pattern = '^submodule\\..*\\.(path|url)$'
  const settings = await git('config', '--null', '--blob', `${commit}:.gitmodules`, '--get-regexp', pattern)
  const commits = parseLinks(await git('ls-tree', '-r', '-z', commit))
  return parseSettings(settings).flatMap(({ path, url }) => {
    const id = commits.get(path)
    const relative = url.startsWith('./') || url.startsWith('../')
    return id === undefined ? [] : [{ url: relative ? relativeUrl(mirror.url, url) : url, commit: id, relative }]
  })
}

/** Commits of submodules by their path. */
function parseLinks(text: string): Map<string, string> {
  const links = text.split('\0').map((line) => /^160000 commit ([0-9a-f]+)\t(.*)$/s.exec(line))
  return new Map(links.flatMap((link) => (link === null ? [] : [[link[2]!, link[1]!] as const])))
}

function parseSettings(text: string): { path: string; url: string }[] {
  const byName = new Map<string, { path?: string; url?: string }>()
  for (const setting of text.split('\0')) {
    const [, name = '', key, value = ''] = /^submodule\.(.*)\.(path|url)\n(.*)$/s.exec(setting) ?? []
    if (key !== undefined) byName.set(name, { ...byName.get(name), [key]: value })
  }
  return [...byName.values()].flatMap(({ path, url }) =>
    path === undefined || url === undefined ? [] : [{ path, url }],
  )
}

/** The URL that git makes of a relative one, as text: each `../` takes a part off the end of the repository's own. */
export function relativeUrl(repository: string, url: string): string {
  let base = repository.replace(/\/$/, '')
  let rest = url
  let separator = '/'
  for (;;) {
    if (rest.startsWith('./')) rest = rest.slice(2)
    else if (rest.startsWith('../')) {
      rest = rest.slice(3)
      const slash = base.lastIndexOf('/')
      const cut = slash >= 0 ? slash : base.lastIndexOf(':')
      separator = slash >= 0 ? '/' : ':'
      base = cut < 0 ? '.' : base.slice(0, cut)
    } else return `${base}${separator}${rest}`.replace(/\/$/, '')
  }
}
