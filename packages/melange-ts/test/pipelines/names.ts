import { readdirSync } from 'node:fs'
import { builtinPipelinesFolder } from '../../src/assets.ts'

/** The names of the pipelines that come with the program, sorted. */
export function builtinPipelineNames(): string[] {
  return readdirSync(builtinPipelinesFolder(), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => file.slice(0, -'.yaml'.length))
    .sort()
}
