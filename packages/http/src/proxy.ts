import { BlockList, isIP } from 'node:net'
import type { HttpEnvironment } from './types.ts'

/**
 * The proxy for a URL by `HTTP_PROXY`, `HTTPS_PROXY` and `NO_PROXY` (lower case wins), or undefined. As in Go programs,
 * hosts on loopback are never reached through a proxy.
 */
export function proxyFor(url: URL, env: HttpEnvironment): string | undefined {
  const proxy = variable(env, url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY')
  if (proxy === '' || isLoopback(hostOf(url)) || isExcepted(url, variable(env, 'NO_PROXY'))) return undefined
  return proxy.includes('://') ? proxy : `http://${proxy}`
}

function variable(env: HttpEnvironment, name: string): string {
  return env[name.toLowerCase()] ?? env[name] ?? ''
}

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '').toLowerCase()
}

const loopback = new BlockList()
loopback.addSubnet('127.0.0.0', 8, 'ipv4')
loopback.addAddress('::1', 'ipv6')

function isLoopback(host: string): boolean {
  return host === 'localhost' || isListed(loopback, host)
}

function isListed(list: BlockList, host: string): boolean {
  const family = isIP(host)
  return family !== 0 && list.check(host, family === 4 ? 'ipv4' : 'ipv6')
}

function isExcepted(url: URL, exceptions: string): boolean {
  return exceptions
    .split(/[\s,]+/)
    .filter((exception) => exception !== '')
    .some((exception) => matches(exception.toLowerCase(), url))
}

/** One element of NO_PROXY: `*`, a host with its sub-domains, `.domain` or `*.domain`, an address or a range, each with or without port. */
function matches(exception: string, url: URL): boolean {
  if (exception === '*') return true
  const host = hostOf(url)
  if (exception.includes('/')) return isInRange(host, exception)
  const [, name = '', port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(exception) ?? []
  if (port !== undefined && isIP(exception) === 0 && port !== portOf(url)) return false
  const wanted = isIP(exception) === 0 ? name : exception
  if (wanted.startsWith('*.') || wanted.startsWith('.')) return host.endsWith(wanted.replace('*', ''))
  return host === wanted || host.endsWith(`.${wanted}`)
}

function portOf({ port, protocol }: URL): string {
  if (port !== '') return port
  return protocol === 'https:' ? '443' : '80'
}

function isInRange(host: string, range: string): boolean {
  const [address = '', prefix = ''] = range.split('/')
  const family = isIP(address)
  if (family === 0 || !/^\d{1,3}$/.test(prefix) || Number(prefix) > (family === 4 ? 32 : 128)) return false
  const list = new BlockList()
  list.addSubnet(address, Number(prefix), family === 4 ? 'ipv4' : 'ipv6')
  return isListed(list, host)
}
