import { overlay } from './records.ts'
import type { Step, StringMap } from './types.ts'

/** Gives nested steps the working directory of their parent, if they have none, and its environment below their own. */
export function propagateToChildren(steps: readonly Step[]): readonly Step[] {
  return steps.map((step) => ({
    ...step,
    pipeline: propagateToChildren(
      step.pipeline.map((child) => inherit(child, step.workingDirectory, step.environment)),
    ),
  }))
}

function inherit(child: Step, workingDirectory: string, environment: StringMap): Step {
  return {
    ...child,
    workingDirectory: child.workingDirectory === '' ? workingDirectory : child.workingDirectory,
    environment: overlay(environment, child.environment),
  }
}
