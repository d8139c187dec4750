import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createEngineRunner, type Guest, type Runner } from '../src/index.ts'

// Notes each call and its input, and answers like the engine's own client.
const STAND_IN = `#!/bin/sh
set -f
printf '%s' "$0" | sed 's,.*/,,' | tr '\\n' ' ' >> "$RECORD"; printf ' %s' "$@" | tr '\\n' '~' >> "$RECORD"; echo >> "$RECORD"
case $1 in
  version|info) [ -z "$BROKEN" ] || { echo "cannot connect" >&2; exit 1; } ;;
  import) cat > "$RECORD.image"; echo sha256:1 ;;
  run) [ -z "$NO_START" ] || { echo "no such network" >&2; exit 125; }; echo started; read -r end; echo ended >> "$RECORD" ;;
  exec) case "$*" in *umask*) cat >> "$RECORD.secret" ;; *) echo out; echo err >&2; exit 3 ;; esac ;;
esac
`

let directory: string
let guest: Guest

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'engine-test-'))
  await mkdir(join(directory, 'root'))
  await writeFile(join(directory, 'root/marker'), 'of the guest')
  for (const name of ['docker', 'podman']) {
    await writeFile(join(directory, name), STAND_IN)
    await chmod(join(directory, name), 0o755)
  }
  guest = {
    root: join(directory, 'root'),
    mounts: [{ source: '/w', target: '/home/build' }],
    environment: { HOME: '/home/build' },
    capabilities: { add: [], drop: [] },
    networking: false,
  }
})
afterEach(() => rm(directory, { recursive: true, force: true }))

function runner(name: 'docker' | 'podman', env: Record<string, string> = {}): Runner {
  const PATH = `${directory}:${process.env.PATH}`
  return createEngineRunner(name, {
    env: { PATH, RECORD: join(directory, 'record'), ...env },
    caller: { uid: 0, gid: 0 },
  })
}

/** The first two words of each call. */
async function calls(): Promise<string[]> {
  const lines = (await readFile(join(directory, 'record'), 'utf8')).trim().split('\n')
  return lines.map((line) => line.replaceAll(/ +/g, ' ').split(' ').slice(0, 2).join(' '))
}

describe.each(['docker', 'podman'] as const)('%s', (name) => {
  test('starts one container for all commands of a guest, and ends it', async () => {
    const engine = runner(name)
    const lines: string[] = []
    const onLine = (line: string, stream: string): void => void lines.push(`${stream} ${line}`)
    for (const argv of [['one'], ['two']]) {
      expect(await engine.run(guest, { argv, onLine })).toEqual({ exitCode: 3, signal: undefined, aborted: false })
    }
    await engine.stop(guest)
    await engine.stop(guest)
    expect(lines.sort()).toEqual(['stderr err', 'stderr err', 'stdout out', 'stdout out'])
    const [before, after] = name === 'docker' ? [['docker image', 'docker import'], ['docker image']] : [[], []]
    expect(await calls()).toEqual([...before, `${name} run`, `${name} exec`, `${name} exec`, 'ended', ...after])
  })

  test('gives a secret to one command, in no argument', async () => {
    const engine = runner(name)
    await engine.run(guest, { argv: ['x'], secrets: [{ id: 'token', bytes: new TextEncoder().encode('s3cret!!') }] })
    await engine.stop(guest)
    expect(await readFile(join(directory, 'record.secret'), 'utf8')).toBe('s3cret!!')
    const record = await readFile(join(directory, 'record'), 'utf8')
    expect(record).not.toContain('s3cret')
    expect(record).toMatch(
      /umask 277 && cat > "\$1" sh \/run\/secrets\/token\n.* x\n.*rm -f "\$1" sh \/run\/secrets\/token/,
    )
  })

  test('says why it cannot be used, and why a guest does not start', async () => {
    const broken = { code: 'RUNNER_UNUSABLE', notes: ['cannot connect'], hint: expect.stringMatching(/start|info/) }
    await expect(runner(name, { BROKEN: '1' }).checkUsable()).rejects.toMatchObject(broken)
    await expect(runner(name).checkUsable()).resolves.toEqual({})
    const missing = createEngineRunner(name, { env: { PATH: '/nonexistent' }, caller: { uid: 0, gid: 0 } })
    await expect(missing.checkUsable()).rejects.toMatchObject({ code: 'RUNNER_MISSING' })
    const start = runner(name, { NO_START: '1' }).run(guest, { argv: ['x'] })
    await expect(start).rejects.toMatchObject({ code: 'GUEST_START', notes: ['no such network'] })
  })
})

test('docker imports the guest’s files as an image', async () => {
  const engine = runner('docker')
  await engine.run(guest, { argv: ['x'] })
  await engine.stop(guest)
  expect(await readFile(join(directory, 'record.image'), 'latin1')).toContain('of the guest')
})
