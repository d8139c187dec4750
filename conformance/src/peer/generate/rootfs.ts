import type { PeerCase } from '../case.ts'
import type { Random } from '../random.ts'
import { imageCase } from './images.ts'

/** A random image as a root file system of one architecture: a tar, a cpio, or a compressed cpio. */
export function rootfsCase(random: Random, seed: number): PeerCase {
  const item = imageCase(random, seed)
  const config = { ...(item.files['image.yaml'] as Record<string, unknown>) }
  if (random.chance(0.97)) delete config.layering
  const [command, output] = random.pick([
    ['build-minirootfs', '{out}/rootfs.tar'],
    ['build-cpio', '{out}/rootfs.cpio'],
  ])
  const arch = ['--build-arch', item.repositories[0]!.archs[0]!]
  const date = random.chance(0.2) ? ['--build-date', '2021-02-03T04:05:06+02:00'] : []
  return {
    ...item,
    kind: 'rootfs',
    files: { 'image.yaml': config },
    commands: [[command, 'image.yaml', output, ...arch, ...date]],
  }
}
