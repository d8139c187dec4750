import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'
import { makeKey, makeRepository } from './repository.ts'

/** Needs no C library, neither to be compiled nor to run. */
const SOURCE = `
#if defined(__x86_64__)
__asm__(".globl _start\\n_start: mov %rsp, %rdi\\n and $-16, %rsp\\n call start\\n");
static long call(long number, long a, const void *b, long c) {
  long result;
  __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
  return result;
}
enum { WRITE = 1, EXIT = 60 };
#elif defined(__aarch64__)
__asm__(".globl _start\\n_start: mov x0, sp\\n b start\\n");
static long call(long number, long a, const void *b, long c) {
  register long x8 __asm__("x8") = number, x0 __asm__("x0") = a, x2 __asm__("x2") = c;
  register const void *x1 __asm__("x1") = b;
  __asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
  return x0;
}
enum { WRITE = 64, EXIT = 93 };
#endif
static void print(const char *text) {
  long length = 0;
  while (text[length] != 0) length++;
  call(WRITE, 1, text, length);
}
void start(long *stack) {
  print("hello from ");
  print(stack[0] > 1 ? (const char *)stack[2] : "an image");
  print("\\n");
  call(EXIT, 0, 0, 0);
}
`
const FLAGS = [
  '-static',
  '-nostdlib',
  '-nostartfiles',
  '-ffreestanding',
  '-fno-stack-protector',
  '-fno-pie',
  '-no-pie',
  '-Os',
  '-s',
]

/**
 * Makes `image.yaml` and the packages it installs, in a directory: a static program that says hello, and 2 MB that do not
 * compress, for two architectures. The program is of this machine's kind in both. `root.yaml` is the same without layers.
 * A package that the image does not have is called `extra`.
 */
export async function makeHelloImage(home: string): Promise<void> {
  const key = await makeKey('test')
  const hello = { name: 'hello', files: { 'usr/bin/hello': await compileHello(home) } }
  const ballast = { name: 'ballast', files: { 'usr/share/ballast': noise(2 << 20) } }
  const extra = { name: 'extra', files: { 'usr/share/extra': noise(1 << 20) } }
  for (const arch of ['x86_64', 'aarch64'])
    await makeRepository(join(home, 'packages'), [hello, ballast, extra], key, arch)
  await writeFile(join(home, 'root.yaml'), CONFIG)
  await writeFile(join(home, 'image.yaml'), `${CONFIG}layering: {strategy: origin, budget: 3}\n`)
}

const CONFIG = `contents:
  keyring: [packages/test.rsa.pub]
  repositories: [./packages]
  packages: [hello, ballast]
entrypoint: {command: /usr/bin/hello}
cmd: apko-ts
accounts:
  groups: [{groupname: nonroot, gid: 65532}]
  users: [{username: nonroot, uid: 65532, gid: 65532}]
  run-as: 65532
archs: [x86_64, aarch64]
`

/** A static program that says hello, for this machine; made in `home/src`. */
export async function compileHello(home: string): Promise<Uint8Array> {
  const directory = join(home, 'src')
  await mkdir(directory, { recursive: true })
  await writeFile(join(directory, 'hello.c'), SOURCE)
  await execa('gcc', [...FLAGS, '-o', 'hello', 'hello.c'], { cwd: directory })
  return readFile(join(directory, 'hello'))
}

/** The same bytes every time, which no compressor finds a pattern in. */
function noise(size: number): Uint8Array {
  const words = new Uint32Array(size / 4)
  let state = 0x9e3779b9
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    words[i] = state
  }
  return new Uint8Array(words.buffer)
}
