// Bundles the command of the package in the current directory: src/main.ts → dist/program/main.js and lazily loaded chunks,
// with what starts it; src/index.ts → dist/index.js, the library. Both have the entries of worker threads beside them.
import { createHash } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { cp, mkdir, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join, relative } from 'node:path'
import { build, transform } from 'esbuild'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

const PROGRAM = 'dist/program'

const shared = { bundle: true, platform: 'node', target: 'node20', legalComments: 'none', logLevel: 'warning' }
const split = {
  ...shared,
  splitting: true,
  format: 'esm',
  conditions: ['apkts-source'],
  chunkNames: 'chunks/[name]-[hash]',
  loader: { '.wasm': 'file' },
}
const library = {
  ...split,
  entryPoints: { index: 'src/index.ts', ...manifest.workers },
  outdir: 'dist',
  // CommonJS dependencies inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
}
const program = { ...split, entryPoints: { main: 'src/main.ts', ...manifest.workers }, outdir: PROGRAM, write: false }

// What the program remembers of earlier runs holds for the very same program only, so each bundle knows what it is made of.
const define = (bundle) => ({
  'process.env.APKTS_VERSION': JSON.stringify(manifest.version),
  'process.env.APKTS_BUILD': JSON.stringify(bundle),
})
const { resolve } = createRequire(join(process.cwd(), 'package.json'))
const assets = Object.entries(manifest.assets ?? {}).map(([name, source]) => {
  return [name, source.startsWith('.') ? source : resolve(source)]
})
const { outputFiles } = await build({ ...program, define: define('-') })
const hash = createHash('sha256')
for (const { path, contents } of outputFiles) hash.update(relative('dist', path)).update(contents)
for (const [, path] of assets) if (statSync(path).isFile()) hash.update(readFileSync(path))
const defined = define(hash.digest('hex'))

await rm('dist', { recursive: true, force: true })
const { metafile } = await build({ ...library, define: defined, metafile: true })
const modules = (await build({ ...program, define: defined })).outputFiles
for (const { path, text } of modules) {
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, await commonJs(text))
}
const [kind, launcher] = [join(PROGRAM, 'package.json'), join(PROGRAM, 'launch.js')]
await writeFile(kind, '{ "type": "commonjs" }\n')
const start = ['../diagnostics/src/launch/launch.ts']
await build({ ...shared, entryPoints: start, outfile: launcher, format: 'cjs', define: defined })
const programFiles = [...modules.map(({ path }) => path), kind, launcher]

// Files that the command reads at run time, by their name beside the bundle: a path, or a file of a dependency.
for (const [name, path] of assets) await cp(path, join('dist', name), { recursive: true })

// A build taken from turbo's cache is laid over what is there, so who packs the package must know what belongs to it.
const outputs = [...Object.keys(metafile.outputs), ...programFiles].map((path) => relative('dist', path))
await writeFile(
  'dist/outputs.json',
  `${JSON.stringify([...outputs, ...assets.map(([name]) => name)].sort(), null, 2)}\n`,
)

/** A module as CommonJS, whose compiled code can be kept on every Node; only modules of the other kind can be split. */
async function commonJs(text) {
  const { code } = await transform(text, {
    format: 'cjs',
    platform: 'node',
    target: 'node20',
    supported: { 'dynamic-import': false },
    define: { 'import.meta.url': '__moduleUrl' },
    banner: "const __moduleUrl = require('node:url').pathToFileURL(__filename).href;",
  })
  return code
}
