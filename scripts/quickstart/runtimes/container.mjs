import { run } from '../command.mjs'
import { Failure } from '../failure.mjs'

/** Starts the image with podman or docker, on a loopback port of this machine. */
export async function startInContainer(program, { places, port }) {
  const loaded = await run(program, ['load', '--input', places.image], { quiet: true })
  const tag = /Loaded image(?:\(s\))?: (\S+)/.exec(loaded)?.[1]
  if (tag === undefined) throw new Failure(`${program} load did not say which image it loaded`)
  const id = (
    await run(program, ['run', '--detach', '--publish', `127.0.0.1:${port}:8080`, tag], { quiet: true })
  ).trim()
  const inspect = (format) => run(program, ['inspect', '--format', format, id], { quiet: true })
  return {
    pid: Number(await inspect('{{.State.Pid}}')),
    url: `http://127.0.0.1:${port}`,
    async stop() {
      await run(program, ['stop', '--time', '10', id], { quiet: true })
      const status = Number(await inspect('{{.State.ExitCode}}'))
      await run(program, ['rm', id], { quiet: true })
      return status
    },
  }
}
