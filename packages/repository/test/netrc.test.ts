import { describe, expect, test } from 'vitest'
import { findNetrcLogin } from '../src/http/netrc.ts'

describe('netrc', () => {
  const text = `
    # a comment with machine commented
    machine one.test login a password b
    machine two.test
      account x
      login c
      password d#e
    macdef init
    machine macro.test login no password no

    default login f password g
  `
  test.each([
    ['one.test', { user: 'a', password: 'b' }],
    ['two.test', { user: 'c', password: 'd#e' }],
    ['macro.test', { user: 'f', password: 'g' }],
    ['unknown.test', { user: 'f', password: 'g' }],
  ])('%s', (host, login) => {
    expect(findNetrcLogin(text, host)).toMatchObject(login)
  })

  test.each(['', 'machine', 'login x', 'machine h login', 'macdef'])(
    '%j has no usable login for another host',
    (broken) => {
      expect(findNetrcLogin(broken, 'other.test')).toBeUndefined()
    },
  )
})
