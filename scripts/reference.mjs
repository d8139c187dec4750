// npm run reference: writes docs/reference/ from the definitions that help, completion, decoders and JSON Schemas come from.
// With a directory the pages are written there.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { loadDefinitions } from './reference/definitions.mjs'
import { programPage } from './reference/program-page.mjs'
import { schemaPage } from './reference/schema-page.mjs'

const ROOT = resolve(import.meta.dirname, '..')
const directory = resolve(process.argv[2] ?? join(ROOT, 'docs/reference'))

const { apko, melange, globalOptions, statuses, imageConfigType, recipeType } = await loadDefinitions(ROOT)
const image = { page: 'image-schema.md', name: imageConfigType.shape.name }

mkdirSync(directory, { recursive: true })
for (const program of [apko, melange]) {
  writeFileSync(join(directory, `${program.name}.md`), programPage(program, { globalOptions, statuses }))
}
writeFileSync(
  join(directory, image.page),
  schemaPage(imageConfigType, {
    title: 'Image configurations',
    source: 'packages/config/src/image/schema.ts',
    introduction: `Every key of the YAML that \`apko-ts\` builds images from, and of \`environment\` in recipes. By task: [images](../images.md).
For editors and validators: \`apko-ts schema\` prints the same as JSON Schema.`,
  }),
)
writeFileSync(
  join(directory, 'recipe-schema.md'),
  schemaPage(recipeType, {
    title: 'Recipes',
    source: 'packages/melange-ts/src/recipe/schema.ts',
    introduction: `Every key of the YAML that \`melange-ts\` builds packages from. By task: [recipes](../recipes.md); the pipelines for \`uses\`:
[pipelines](../pipelines.md). For editors and validators: \`melange-ts schema\` prints the same as JSON Schema.`,
    elsewhere: new Map([[image.name, image.page]]),
  }),
)
