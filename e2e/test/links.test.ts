import { existsSync } from 'node:fs'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { ROOT } from '../src/commands.ts'

const pages = ['README.md', 'CONTRIBUTING.md', ...(await pagesOf('docs')), ...(await pagesOf('examples'))]

describe('links of the documentation', () => {
  test.each(pages)('%s: lead to files and headings that are there', async (page) => {
    const text = await readFile(join(ROOT, page), 'utf8')
    const targets = [...text.matchAll(/\]\((?!\w+:)([^)\s]+)\)/g)].map(([, target = '']) => target)
    const broken: string[] = []
    for (const target of targets) if (!(await leads(page, target))) broken.push(target)
    expect(broken).toEqual([])
  })

  test('every page is linked from the README', async () => {
    const readme = await readFile(join(ROOT, 'README.md'), 'utf8')
    for (const page of await pagesOf('docs')) expect(readme).toContain(`(${page})`)
  })
})

async function leads(page: string, target: string): Promise<boolean> {
  const [path = '', heading] = target.split('#')
  const file = path === '' ? join(ROOT, page) : join(ROOT, dirname(page), path)
  if (!existsSync(file) || heading === undefined) return existsSync(file)
  const headings = [...(await readFile(file, 'utf8')).matchAll(/^#+ (.*)$/gm)].map(([, title = '']) => anchorOf(title))
  return headings.includes(heading)
}

/** What GitHub makes of a heading. */
function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
    .replaceAll(' ', '-')
}

async function pagesOf(directory: string): Promise<string[]> {
  const names = await readdir(join(ROOT, directory), { recursive: true })
  return names
    .filter((name) => name.endsWith('.md'))
    .map((name) => `${directory}/${name}`)
    .sort()
}
