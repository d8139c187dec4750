import { readFileSync } from 'node:fs'
import { Failure } from './failure.mjs'

const LIMIT = 1 << 30

/** A docker-loadable tar: its image configuration and its layers, checked against each other. */
export async function readImage(file) {
  const { gunzipAll, parseTar } = await import('@apkts/archive')
  const { sha256Hex } = await import('@apkts/encoding')
  const members = new Map(parseTar(readFileSync(file)).map((member) => [member.header.path, member.content]))
  const text = (path) => Buffer.from(memberOf(members, path)).toString()
  const [{ Config, Layers }] = JSON.parse(text('manifest.json'))
  const config = JSON.parse(text(Config))
  const layers = Layers.map((path) => {
    const blob = memberOf(members, path)
    return { path, blob, tar: gunzipAll(blob, LIMIT) }
  })
  layers.forEach(({ path, tar }, index) => {
    const diffId = `sha256:${sha256Hex(tar)}`
    if (diffId !== config.rootfs.diff_ids[index])
      throw new Failure(`layer ${path} is ${diffId}, not what the image says`)
  })
  return { config, layers, id: `sha256:${sha256Hex(memberOf(members, Config))}` }
}

function memberOf(members, path) {
  const content = members.get(path)
  if (content === undefined) throw new Failure(`the image has no ${path}`)
  return content
}
