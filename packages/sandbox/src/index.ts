export { type BubblewrapOptions, createBubblewrapRunner } from './bubblewrap.ts'
export { type BubblewrapContext, bubblewrapArguments, DEFAULT_CAPABILITIES } from './bubblewrap-arguments.ts'
export { checkEmulation, type EmulationOptions } from './emulation.ts'
export { createEngineRunner, type EngineOptions } from './engine.ts'
export { containerArguments, type Engine, execArguments } from './engine-arguments.ts'
export { SandboxError, type SandboxErrorCode } from './error.ts'
export { findProgram } from './find-program.ts'
export { createLineSplitter, type LineSplitter, MAX_LINE } from './lines.ts'
export { canMount, type MountedOverlays, type MountOptions, mountOverlays, supportsOverlay } from './overlay.ts'
export { kvmProblem } from './qemu/accelerator.ts'
export { createQemuRunner, type QemuOptions } from './qemu/qemu.ts'
export { checkRunner, createRunner, RUNNER_NAMES, type RunnerOptions } from './runners.ts'
export {
  type Command,
  type Exit,
  type Guest,
  type GuestResources,
  type GuestUser,
  type Mount,
  type Overlay,
  type Runner,
  type RunnerName,
  SECRETS_DIRECTORY,
  type Secret,
  type Usability,
} from './types.ts'
