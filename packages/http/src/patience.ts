import type { ClientRequest, IncomingMessage } from 'node:http'

/** Gives a request up when for a while nothing more of it got away and no answer came. */
export function watchSending(request: ClientRequest, timeout: number): () => void {
  let seen = 0
  let quiet = 0
  const timer = setInterval(() => {
    const sent = request.socket?.bytesWritten ?? 0
    quiet = sent === seen ? quiet + 1 : 1
    seen = sent
    if (quiet === TICKS) request.destroy(timeoutError('headers', timeout))
  }, timeout / TICKS)
  return () => clearInterval(timer)
}

/** How often a request is looked at within its timeout. */
const TICKS = 4

const TIMEOUT = 'ERR_HTTP_TIMEOUT'

function timeoutError(part: string, timeout: number): Error {
  return Object.assign(new Error(`no ${part} within ${timeout / 1000} s`), { code: TIMEOUT })
}

/** True for what ends with an error of the functions here. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === TIMEOUT
}

/** Ends a message that brings next to nothing for a while, unless it is the reader who pauses. */
export function watchIdle(message: IncomingMessage, timeout: number): () => void {
  let seen = message.socket.bytesRead
  const timer = setInterval(() => {
    const { bytesRead } = message.socket
    if (bytesRead - seen < SLOWEST && message.readableLength === 0) message.destroy(timeoutError('data', timeout))
    seen = bytesRead
  }, timeout)
  timer.unref()
  return () => clearInterval(timer)
}

/** Bytes in each period: a server that sends single bytes holds a build up for ever, too. */
const SLOWEST = 1024
