import type { Source } from '@apkts/sbom'
import type { CompiledStep } from '../compile/types.ts'

/** Sources named by the top-level steps of a pipeline, whether or not their conditions hold. */
export function pipelineSources(pipeline: readonly CompiledStep[]): Source[] {
  return pipeline.flatMap((step, index): Source[] => {
    if (step.uses === 'fetch') return [fetchSource(step, index)]
    return step.uses === 'git-checkout' ? [gitSource(step, index)] : []
  })
}

function fetchSource({ inputs }: CompiledStep, index: number): Source {
  return {
    kind: 'fetch',
    index,
    uri: inputs.uri ?? '',
    purlName: inputs['purl-name'] ?? '',
    purlVersion: inputs['purl-version'] ?? '',
    sha256: inputs['expected-sha256'] ?? '',
    sha512: inputs['expected-sha512'] ?? '',
  }
}

function gitSource({ inputs }: CompiledStep, index: number): Source {
  return {
    kind: 'git',
    index,
    repository: inputs.repository ?? '',
    branch: inputs.branch ?? '',
    tag: inputs.tag ?? '',
    commit: inputs['expected-commit'] ?? '',
  }
}
