export interface HttpRequest {
  readonly method: 'GET' | 'HEAD'
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  /** Sends the credentials configured for the host; default true. */
  readonly authenticate?: boolean
  readonly signal?: AbortSignal | undefined
  /** How often it is sent at most while that may help; default five times. */
  readonly attempts?: number | undefined
}
