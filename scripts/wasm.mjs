// npm run wasm: compiles the AssemblyScript of packages/archive/wasm into a TypeScript file that holds the module;
// with --print, prints that file instead.
import { writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import asc from 'assemblyscript/asc'

const PACKAGE = resolve(import.meta.dirname, '../packages/archive')

async function deflateBlocksSource() {
  const files = {}
  const source = join(PACKAGE, 'wasm/deflate-blocks.ts')
  const args = [source, '-O3', '--noAssert', '--runtime', 'stub', '--outFile', 'out.wasm', '--baseDir', PACKAGE]
  const { error, stderr } = await asc.main(args, {
    writeFile: (name, content) => Object.assign(files, { [name]: content }),
  })
  if (error !== null) throw new Error(`${error.message}\n${stderr}`)
  const lines = Buffer.from(files['out.wasm'])
    .toString('base64')
    .match(/.{1,110}/g)
  return [
    '// Made by `npm run wasm` from wasm/deflate-blocks.ts.',
    '/** A WebAssembly module, in base64: what its exports do stands in its source. */',
    'export const DEFLATE_BLOCKS = [',
    ...lines.map((line) => `  '${line}',`),
    "].join('')",
    '',
  ].join('\n')
}

const made = await deflateBlocksSource()
if (process.argv.includes('--print')) process.stdout.write(made)
else writeFileSync(join(PACKAGE, 'src/deflate-blocks.ts'), made)
