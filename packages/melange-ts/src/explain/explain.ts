import { compareBytes } from '@apkts/encoding'
import { parseEnvFile } from '../recipe/env-file.ts'
import { own } from '../recipe/records.ts'
import { explainPackages } from './packages.ts'
import { explainPipelines } from './steps.ts'
import { type Explained, type ExplainInput, placeText, type Section } from './types.ts'
import { explainVariables } from './variables.ts'

/** Where everything in a compiled recipe comes from: variables, packages, environment variables, steps with their inputs. */
export function explainRecipe(input: ExplainInput): Section[] {
  return [
    { title: 'variables', rows: explainVariables(input) },
    { title: 'packages of the build environment', rows: explainPackages(input) },
    { title: 'environment variables', rows: explainEnvironment(input) },
    ...explainPipelines(input.compiled),
  ]
}

function explainEnvironment({ parsed, sources, compiled }: ExplainInput): Explained[] {
  const written = parsed.decoded.value.environment.environment
  const files = (sources.envFiles ?? []).map(({ file, text }) => ({ file, names: parseEnvFile(text, file) }))
  return Object.entries(compiled.environment.environment)
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([name, value]) => {
      const file = files.find(({ names }) => own(names, name) === value)?.file
      const isOwn = own(written, name) !== undefined && own(parsed.recipe.environment.environment, name) === value
      const isDefault = (own(written, name) ?? '') === '' && file === undefined
      const at = placeText(parsed.decoded.locate(['environment', 'environment', name]))
      return {
        name,
        value,
        from: isDefault ? 'default' : isOwn && own(written, name) !== undefined ? at : `env file ${file}`,
      }
    })
}
