// Bundles the command of the package in the current directory: src/main.ts → dist/main.js and lazily loaded chunks, and
// the entries of its worker threads.
import { createHash } from 'node:crypto'
import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { cp, rm } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join, relative } from 'node:path'
import { build } from 'esbuild'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

const options = {
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts', ...manifest.workers },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['apkts-source'],
  chunkNames: 'chunks/[name]-[hash]',
  // CommonJS dependencies inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  loader: { '.wasm': 'file' },
  legalComments: 'none',
  logLevel: 'warning',
}

// What the program remembers of earlier runs holds for the very same program only, so each bundle knows what it is made of.
const define = (bundle) => ({
  'process.env.APKTS_VERSION': JSON.stringify(manifest.version),
  'process.env.APKTS_BUILD': JSON.stringify(bundle),
})
const { outputFiles } = await build({ ...options, define: define('-'), write: false })
const hash = createHash('sha256')
for (const { path, contents } of outputFiles) hash.update(relative('dist', path)).update(contents)
const { resolve } = createRequire(join(process.cwd(), 'package.json'))
const assets = Object.entries(manifest.assets ?? {}).map(([name, source]) => {
  return [name, source.startsWith('.') ? source : resolve(source)]
})
for (const [, path] of assets) if (statSync(path).isFile()) hash.update(readFileSync(path))

await rm('dist', { recursive: true, force: true })
const { metafile } = await build({ ...options, define: define(hash.digest('hex')), metafile: true })

// Files that the command reads at run time, by their name beside the bundle: a path, or a file of a dependency.
for (const [name, path] of assets) await cp(path, join('dist', name), { recursive: true })

// A build taken from turbo's cache is laid over what is there, so who packs the package must know what belongs to it.
const outputs = Object.keys(metafile.outputs).map((path) => relative('dist', path))
writeFileSync('dist/outputs.json', `${JSON.stringify([...outputs, ...assets.map(([name]) => name)].sort(), null, 2)}\n`)
