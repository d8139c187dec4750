import type { ImageConfig } from '@apkts/config'
import type { ImageSource } from '@apkts/registry'
import type { LockFile } from '../lock/format.ts'

/** Something that can be compared, as it was opened. */
export type Subject = { readonly name: string } & (
  | { readonly kind: 'image'; readonly source: ImageSource }
  | { readonly kind: 'lock'; readonly lock: LockFile }
  | { readonly kind: 'config'; readonly config: ImageConfig }
)

/** Lets go of what the subject holds open. */
export async function closeSubject(subject: Subject): Promise<void> {
  if (subject.kind === 'image') await subject.source.close()
}
