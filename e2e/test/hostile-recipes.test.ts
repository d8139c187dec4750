import { existsSync } from 'node:fs'
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, test } from 'vitest'
import { ours, temporaryDirectory } from '../src/commands.ts'
import { cannotBuild, TOOLCHAIN_FLAGS, why } from '../src/quickstart.ts'

interface Attempt {
  readonly what: string
  /** Steps of the main package; VICTIM is a directory of the host with the file `precious`. */
  readonly runs?: string
  /** Lines of the recipe's top level after the pipeline. */
  readonly more?: string
  /** Keys of the step besides `runs`. */
  readonly step?: string
  /** Whether the build succeeds; then the attempt stays without effect. */
  readonly fine: boolean
  readonly says?: RegExp
}

const SUBPACKAGE = (name: string) =>
  `subpackages:\n  - name: ${name}\n    pipeline:\n      - runs: mkdir -p \${{targets.contextdir}}\n`

// Top-level keys follow the pipeline, so a further step comes first.
const NEXT_STEP = '  - runs: echo next\n'

const ATTEMPTS: readonly Attempt[] = [
  {
    what: 'a path of the host written as it is',
    runs: 'mkdir -p VICTIM; echo owned > VICTIM/precious; touch VICTIM/new',
    fine: true,
  },
  {
    what: 'melange-out as a link to the host',
    runs: 'rm -rf melange-out; ln -s VICTIM melange-out',
    fine: false,
  },
  {
    what: 'melange-out as a link to the host, before a subpackage is made',
    runs: 'rm -rf melange-out; ln -s VICTIM melange-out',
    more: SUBPACKAGE('evil-more'),
    fine: false,
    says: /OUTPUT_REPLACED.*melange-out: it is a link to/,
  },
  {
    what: 'the directory of the package as a link to the host',
    runs: 'rm -rf melange-out/evil; ln -s VICTIM melange-out/evil',
    fine: false,
    says: /OUTPUT_REPLACED.*melange-out\/evil: it is a link to/,
  },
  {
    what: 'the directory of a subpackage to come as a link to the host',
    runs: 'ln -s VICTIM melange-out/evil-more',
    more: SUBPACKAGE('evil-more'),
    fine: false,
    says: /OUTPUT_REPLACED/,
  },
  {
    what: 'the directory of the package as a file',
    runs: 'rm -rf melange-out/evil; touch melange-out/evil',
    fine: false,
    says: /OUTPUT_REPLACED.*not a directory/,
  },
  {
    what: 'the directory of the package is gone',
    runs: 'rm -rf melange-out',
    fine: false,
    says: /OUTPUT_REPLACED.*removed/,
  },
  {
    what: 'a mount point that leads to the host, for the next step',
    runs: 'cd /; mv /var /var2; mkdir /var; ln -s /oldrootVICTIM /var/cache',
    more: NEXT_STEP,
    fine: false,
    says: /\/var\/cache\/melange leads out of it/,
  },
  {
    what: 'the home directory leads to the host, for the next step',
    runs: 'cd /; mv /home /home2; ln -s /oldrootVICTIM /home',
    more: NEXT_STEP,
    fine: false,
    says: /\/home\/build leads out of it/,
  },
  {
    what: 'all capabilities and the host’s IPC',
    runs: 'grep -E "^Cap(Eff|Bnd):" /proc/self/status; test "$(readlink /proc/self/ns/ipc)" != HOST_IPC; grep -q "^CapEff:.00000000a80425fb" /proc/self/status; grep -q "^NoNewPrivs:.1" /proc/self/status',
    fine: true,
  },
  {
    what: 'a licence file that leads to the host',
    runs: 'ln -s VICTIM/precious COPYING; ln -s VICTIM LICENSES',
    fine: true,
  },
  {
    what: 'a FIFO where files are read',
    runs: 'mkfifo melange-out/evil/pipe LICENSE',
    fine: true,
  },
  {
    what: 'processes that go on after the step',
    runs: '(sleep 2; touch melange-out/evil/late) > /dev/null 2>&1 &',
    fine: true,
  },
  {
    what: 'links to the host where emission writes',
    runs: 'mkdir -p melange-out/evil/var/lib; ln -s VICTIM melange-out/evil/var/lib/db; ln -s VICTIM/precious melange-out/evil/x',
    fine: true,
  },
  {
    what: 'settings of the kernel',
    // Opened for appending, never written: should the sandbox be open, the machine is not changed by its test.
    runs: 'for f in /proc/sys/kernel/hostname /proc/sys/kernel/core_pattern /proc/sysrq-trigger /sys/power/state; do if (: >> $f) 2>/dev/null; then exit 9; fi; done',
    fine: true,
  },
  {
    what: 'a device node of a disk',
    runs: 'if mknod disk b 8 0 && head -c 1 disk > /dev/null; then exit 9; fi; rm -f disk',
    fine: true,
  },
  {
    what: 'a mount of the host',
    runs: 'if mount -t proc none /mnt || mount -o remount,rw /; then exit 9; fi',
    fine: true,
  },
  {
    what: 'chroot into the root of another process',
    runs: 'for p in /proc/[0-9]*; do ! ls $p/root/VICTIM/precious 2>/dev/null || exit 9; done',
    fine: true,
  },
  {
    what: 'a subpackage named as a path upwards',
    more: SUBPACKAGE('../../victim'),
    fine: false,
    says: /subpackage|name/,
  },
  { what: 'a subpackage with a slash', more: SUBPACKAGE('a/b'), fine: false, says: /subpackage|name/ },
  { what: 'a working directory upwards', step: 'working-directory: ../../VICTIM', runs: 'touch here', fine: true },
  { what: 'a line of a million characters', runs: "head -c 1000000 /dev/zero | tr '\\\\0' x; echo", fine: true },
  {
    what: 'a hard link to a file of the host',
    runs: 'if ln VICTIM/precious melange-out/evil/precious; then exit 9; fi',
    fine: true,
  },
]

describe.skipIf(cannotBuild)(`a hostile recipe leaves the host as it was${why}`, () => {
  let cwd: string
  let victim: string

  beforeEach(async () => {
    cwd = await temporaryDirectory()
    victim = join(cwd, 'victim')
    await mkdir(victim)
    await mkdir(join(cwd, 'cache'))
    await writeFile(join(victim, 'precious'), 'untouched')
  })

  test.each(ATTEMPTS)('$what', async (attempt) => {
    const { exitCode, stderr } = await build(attempt)
    expect({ exitCode, stderr: exitCode === (attempt.fine ? 0 : 1) ? '' : stderr.slice(-2000) }).toEqual({
      exitCode: attempt.fine ? 0 : 1,
      stderr: '',
    })
    if (attempt.says !== undefined) expect(stderr).toMatch(attempt.says)
    if (!attempt.fine) expect(stderr).toMatch(/error\[[A-Z0-9_]+\]: /)
    expect(stderr).not.toMatch(/\n\s+at .*[:(]\d/)
    await expectUntouched()
    if (attempt.fine) expect(existsSync(join(cwd, 'packages/x86_64/evil-1.0-r0.apk'))).toBe(true)
  })

  test('a program left setuid is nowhere outside the package', async () => {
    const { exitCode } = await build({ runs: 'cp /bin/true ./helper; chown 0:0 helper; chmod 4755 helper' })
    expect(exitCode).toBe(0)
    const names = await readdir(cwd, { recursive: true })
    for (const name of names) {
      const entry = await lstat(join(cwd, name))
      if (entry.isFile()) expect([name, entry.mode & 0o6000]).toEqual([name, 0])
    }
  })

  test('the place of a package in the out-dir taken by a link: the link is replaced', async () => {
    await mkdir(join(cwd, 'packages/x86_64'), { recursive: true })
    await symlink(join(victim, 'precious'), join(cwd, 'packages/x86_64/evil-1.0-r0.apk'))
    expect((await build({ runs: 'true' })).exitCode).toBe(0)
    await expectUntouched()
  })

  async function build({ runs = 'true', more = '', step }: Partial<Attempt>) {
    await writeFile(
      join(cwd, 'evil.yaml'),
      recipe({ runs, more, step })
        .replaceAll('VICTIM', victim)
        .replaceAll('HOST_IPC', await readlink('/proc/self/ns/ipc')),
    )
    const args = [
      'build',
      'evil.yaml',
      '--arch',
      'x86_64',
      '--empty-workspace',
      '--out-dir',
      'packages',
      '--cache-dir',
      'cache',
    ]
    return await ours('melange-ts', [...args, ...TOOLCHAIN_FLAGS], { cwd, env: { TMPDIR: cwd } })
  }

  async function expectUntouched(): Promise<void> {
    expect(await readdir(victim)).toEqual(['precious'])
    expect(await readFile(join(victim, 'precious'), 'utf8')).toBe('untouched')
    expect((await lstat(join(victim, 'precious'))).nlink).toBe(1)
  }
})

function recipe({ runs, more, step }: Record<'runs' | 'more' | 'step', string | undefined>): string {
  return `package:
  name: evil
  version: "1.0"
  epoch: 0
  copyright:
    - license: MIT
environment:
  contents:
    packages: [bash, busybox, coreutils]
pipeline:
  - runs: |
      mkdir -p melange-out/evil
      ${runs}
${step === undefined ? '' : `    ${step}\n`}${more}`
}
