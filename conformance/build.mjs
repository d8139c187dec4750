// Bundles the conformance runner; the commands it runs are built by their own packages.
import { build } from 'esbuild'

await build({
  entryPoints: { run: 'src/run.ts', peer: 'src/peer.ts' },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20',
  conditions: ['apkts-source'],
  banner: {
    js: "import { createRequire as __createRequire } from 'node:module'; const require = __createRequire(import.meta.url);",
  },
  loader: { '.wasm': 'file' },
  logLevel: 'warning',
})
