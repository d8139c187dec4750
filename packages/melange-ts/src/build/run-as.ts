import type { ImageConfig } from '@apkts/config'
import type { GuestUser } from '@apkts/sandbox'
import { BuildError } from './error.ts'

/**
 * The user that steps run as; undefined for the runner's own default.
 * @throws BuildError `RUN_AS_UNKNOWN` when no such user is configured.
 */
export function guestUser({ runAs, users }: ImageConfig['accounts']): GuestUser | undefined {
  if (runAs === '') return undefined
  if (runAs === 'root' || runAs === '0') return { uid: 0 }
  const isNumber = /^\d+$/.test(runAs)
  const user = users.find(({ userName, uid }) => (isNumber ? uid === Number(runAs) : userName === runAs))
  if (user !== undefined) return { uid: user.uid, gid: user.gid }
  throw new BuildError(
    'RUN_AS_UNKNOWN',
    `steps are to run as ${runAs}, but environment.accounts.users has no such user`,
    {
      hint: users.length === 0 ? undefined : `known are ${users.map(({ userName }) => userName).join(', ')}`,
    },
  )
}
