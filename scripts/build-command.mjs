// Bundles the command of the package in the current directory: src/main.ts → dist/main.js and lazily loaded chunks.
import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { build } from 'esbuild'

const manifest = JSON.parse(readFileSync('package.json', 'utf8'))

await rm('dist', { recursive: true, force: true })
await build({
  entryPoints: { main: 'src/main.ts', index: 'src/index.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['apkts-source'],
  chunkNames: 'chunks/[name]-[hash]',
  define: { 'process.env.APKTS_VERSION': JSON.stringify(manifest.version) },
  // CommonJS dependencies inside an ESM bundle still call require for Node's own modules.
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  loader: { '.wasm': 'file' },
  legalComments: 'none',
  logLevel: 'warning',
})
