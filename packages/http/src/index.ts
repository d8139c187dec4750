export { HttpError, type HttpErrorCode } from './error.ts'
export { openTransport } from './open-transport.ts'
export { readText } from './read-text.ts'
export { isRedirect } from './redirect.ts'
export {
  ATTEMPTS,
  codeOf,
  describeOutcome,
  isCertificateFailure,
  isPermanentFailure,
  isRetryableStatus,
  type Outcome,
  pauseBefore,
  realWaiting,
  withRetries,
} from './retry.ts'
export type {
  Body,
  Exchange,
  HttpEnvironment,
  HttpResponse,
  Method,
  Transport,
  TransportOptions,
  Waiting,
} from './types.ts'
