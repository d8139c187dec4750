import { createRequire } from 'node:module'
import { join } from 'node:path'
import { build } from 'esbuild'

const ENTRY = `
export { program as apko } from './packages/apko-ts/src/cli/program.ts'
export { program as melange } from './packages/melange-ts/src/cli/program.ts'
export { GLOBAL_OPTIONS as globalOptions, STATUSES as statuses } from './packages/diagnostics/src/cli/index.ts'
export { imageConfigType } from './packages/config/src/index.ts'
export { recipeType } from './packages/melange-ts/src/recipe/schema.ts'
`

/** The definitions of commands and of YAML, from the TypeScript sources below `root`. */
export async function loadDefinitions(root) {
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: root, loader: 'ts' },
    bundle: true,
    write: false,
    format: 'cjs',
    platform: 'node',
    conditions: ['apkts-source'],
    plugins: [lazyPartsStayOutside],
    logLevel: 'warning',
  })
  const module = { exports: {} }
  const require = createRequire(join(root, 'package.json'))
  new Function('module', 'exports', 'require', outputFiles[0].text)(module, module.exports, require)
  return module.exports
}

/** What runs a command is imported when it runs: not here. */
const lazyPartsStayOutside = {
  name: 'lazy parts stay outside',
  setup({ onResolve }) {
    onResolve({ filter: /.*/ }, ({ kind, path }) => (kind === 'dynamic-import' ? { path, external: true } : undefined))
  },
}
