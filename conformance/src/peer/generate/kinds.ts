import type { PeerCase } from '../case.ts'
import type { Random } from '../random.ts'
import { configCase } from './configs.ts'
import { flagsCase } from './flags.ts'
import { imageCase } from './images.ts'
import { remoteCase } from './remote.ts'
import { resolvingCase } from './resolving.ts'
import { rootfsCase } from './rootfs.ts'

/** What can be compared, by name. */
export const kinds: Readonly<Record<string, (random: Random, seed: number) => PeerCase>> = {
  images: imageCase,
  rootfs: rootfsCase,
  resolving: resolvingCase,
  configs: configCase,
  flags: flagsCase,
  remote: remoteCase,
}
