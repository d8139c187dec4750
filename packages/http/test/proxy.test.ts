import { describe, expect, test } from 'vitest'
import { proxyFor } from '../src/proxy.ts'

describe('the proxy for a URL', () => {
  const proxies = { HTTP_PROXY: 'http://p:1', HTTPS_PROXY: 'http://s:2' }
  test.each([
    ['http://h.test/', {}, 'http://p:1'],
    ['https://h.test/', {}, 'http://s:2'],
    ['https://h.test/', { https_proxy: 'lower:3' }, 'http://lower:3'],
    ['http://h.test/', { HTTP_PROXY: '' }, undefined],
    ['http://localhost:8080/', {}, undefined],
    ['http://127.0.0.9/', {}, undefined],
    ['http://[::1]:8080/', {}, undefined],
    ['http://h.test/', { NO_PROXY: 'other.test, h.test' }, undefined],
    ['http://sub.h.test/', { NO_PROXY: 'h.test' }, undefined],
    ['http://sub.h.test/', { NO_PROXY: '.h.test' }, undefined],
    ['http://h.test/', { NO_PROXY: '.h.test' }, 'http://p:1'],
    ['http://sub.h.test/', { NO_PROXY: '*.h.test' }, undefined],
    ['http://xh.test/', { NO_PROXY: 'h.test' }, 'http://p:1'],
    ['http://h.test:81/', { NO_PROXY: 'h.test:80' }, 'http://p:1'],
    ['http://h.test/', { NO_PROXY: 'h.test:80' }, undefined],
    ['https://h.test/', { NO_PROXY: 'h.test:443' }, undefined],
    ['http://10.1.2.3/', { NO_PROXY: '10.0.0.0/8' }, undefined],
    ['http://11.1.2.3/', { NO_PROXY: '10.0.0.0/8' }, 'http://p:1'],
    ['http://11.1.2.3/', { NO_PROXY: '11.1.2.3' }, undefined],
    ['http://[fd00::1]/', { NO_PROXY: 'fd00::/8' }, undefined],
    ['http://h.test/', { no_proxy: '*' }, undefined],
    ['http://h.test/', { NO_PROXY: 'nonsense/99,,' }, 'http://p:1'],
  ])('%s with %j: %s', (url, env, proxy) => {
    expect(proxyFor(new URL(url), { ...proxies, ...env })).toBe(proxy)
  })
})
