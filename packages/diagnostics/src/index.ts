export {
  type DiagnosticDetails,
  DiagnosticError,
  DiagnosticErrors,
  isSystemError,
  messageOf,
  throwProblems,
} from './error.ts'
export { formatLocation, type Location } from './location.ts'
export { type Log, type LogFields, type LogLevel, type Stage, type StageUpdate, silentLog } from './log.ts'
export { errorToJson, type RenderOptions, renderError } from './render.ts'
export { didYouMean, nearNames } from './suggest.ts'
