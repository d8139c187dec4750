import type { ApkLimits } from '@apkts/apk'

/** Limits in bytes; 0 or absent means the default, -1 unlimited. */
export interface RepositoryLimits extends ApkLimits {
  /** Any HTTP response body. */
  readonly httpResponse?: number
}

const DEFAULT_HTTP_RESPONSE = 2_147_483_648

/** The limit of response bodies to use. */
export function httpResponseLimit(limits: RepositoryLimits | undefined): number {
  const limit = limits?.httpResponse ?? 0
  return limit === 0 ? DEFAULT_HTTP_RESPONSE : limit
}
