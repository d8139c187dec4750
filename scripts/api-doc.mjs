// npm run api-doc [-- DIRECTORY]: the exported functions and types of every package, a page each, from what the build declares.
// Fails when an export has no docstring.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { publicPackages, undocumented } from './api/packages.mjs'
import { indexPage, packagePage } from './api/page.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const directory = resolve(process.argv[2] ?? join(ROOT, 'dist-api'))

const packages = publicPackages(ROOT)
mkdirSync(directory, { recursive: true })
writeFileSync(join(directory, 'index.md'), indexPage(packages))
for (const one of packages) writeFileSync(join(directory, `${one.folder}.md`), packagePage(one))
console.log(join(directory, 'index.md'))

const missing = undocumented(packages)
for (const line of missing) console.error(`no docstring: ${line}`)
if (missing.length > 0) process.exitCode = 1
