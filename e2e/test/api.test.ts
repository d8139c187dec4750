import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { ROOT, temporaryDirectory } from '../src/commands.ts'

test('every export of every package has a docstring and is in the pages of `npm run api-doc`', async () => {
  const directory = await temporaryDirectory()
  await execa('npm', ['run', '-s', 'api-doc', '--', directory], { cwd: ROOT })
  for (const [folder, names] of Object.entries(await exportedNames())) {
    const page = await readFile(join(directory, `${folder}.md`), 'utf8')
    expect(names).not.toEqual([])
    expect(names.filter((name) => !page.includes(`\n### ${name}\n`) && !page.includes(`\n- \`${name}\`, of`))).toEqual(
      [],
    )
  }
})

/** What the built packages export when they run, by folder. */
async function exportedNames(): Promise<Record<string, string[]>> {
  const folders = await readdir(join(ROOT, 'packages'))
  const script = `import { readFileSync } from 'node:fs'
const found = {}
for (const folder of ${JSON.stringify(folders)}) {
  const { exports } = JSON.parse(readFileSync('./packages/' + folder + '/package.json', 'utf8'))
  const entries = Object.values(exports).map(({ default: path }) => import(process.cwd() + '/packages/' + folder + '/' + path))
  found[folder] = (await Promise.all(entries)).flatMap((entry) => Object.keys(entry))
}
console.log(JSON.stringify(found))`
  const { stdout } = await execa('node', ['--input-type=module', '-e', script], { cwd: ROOT })
  return JSON.parse(stdout)
}
