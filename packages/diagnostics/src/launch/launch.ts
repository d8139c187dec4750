import { existsSync, readFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import { Script } from 'node:vm'
import { crc32 } from 'node:zlib'
import { type CompiledCode, readCode, runsAfter, writeCode } from './code-cache.ts'

export interface Launch {
  /** Name of the program; its directory in the user's cache has the same. */
  readonly program: string
  /** Absolute path of the directory with `main.js` and the modules it requires: CommonJS without other dependencies. */
  readonly directory: string
}

/**
 * Runs a bundled program. V8's compiled code of its modules, with the functions that ran, is kept in the user's cache for the
 * next runs of the same command: compiling takes longer than most commands do. Modules that come with Node alone can be had
 * by `require`.
 */
export function launch({ program, directory }: Launch): void {
  const memory = memoryOf(program, directory)
  const loader = memory === undefined ? createLoader(new Map()) : rememberingLoader(memory)
  loader.load(join(directory, 'main.js'))
}

/** Milliseconds that a run may take to be a short one. */
const SHORT = 1500

function rememberingLoader({ path, key }: Memory): Loader {
  const kept = readCode(path, key)
  const loader = createLoader(kept.code)
  process.once('exit', (status) => {
    const isShort = performance.now() < SHORT
    const runs = runsAfter(kept, { isNew: loader.isNew(), isShort })
    if (status === 0 && runs !== undefined) writeCode(path, key, { code: loader.code({ again: isShort }), runs })
  })
  return loader
}

interface Memory {
  readonly path: string
  /** What the code was compiled from, and by what. */
  readonly key: string
}

/** One file for each command; undefined without a cache of the user's own, or where Node is told to use none. */
function memoryOf(program: string, directory: string): Memory | undefined {
  const { env, argv, version, arch } = process
  const base = cacheDirectory(env)
  if (base === undefined || (env.NODE_DISABLE_COMPILE_CACHE ?? '') !== '') return undefined
  const command = /^[a-z][a-z-]{0,30}$/.test(argv[2] ?? '') ? argv[2] : 'main'
  const place = crc32(`${directory}\n${version}\n${arch}`).toString(16).padStart(8, '0')
  return {
    path: join(base, program, 'code', `${command}-${place}`),
    key: [process.env.APKTS_BUILD, directory, version, arch, process.versions.v8].join('\n'),
  }
}

function cacheDirectory({ XDG_CACHE_HOME: xdg = '', HOME: home = '' }: NodeJS.ProcessEnv): string | undefined {
  if (process.getuid === undefined) return undefined
  const directory = xdg === '' ? join(home, '.cache') : xdg
  // A home that is not there is not made.
  return isAbsolute(directory) && existsSync(dirname(directory)) ? directory : undefined
}

interface Loader {
  load(path: string): unknown
  /** True when something was compiled that the given code lacked. */
  isNew(): boolean
  /** The code of what was loaded: `again` also of files whose code was given. That of others is as it was. */
  code(options: { readonly again: boolean }): CompiledCode
}

interface Module {
  exports: unknown
}

function createLoader(known: CompiledCode): Loader {
  const modules = new Map<string, Module>()
  const scripts = new Map<string, Script>()
  const load = (path: string): unknown => {
    const loaded = modules.get(path)
    if (loaded !== undefined) return loaded.exports
    const module: Module = { exports: {} }
    modules.set(path, module)
    const script = compile(path, known.get(path))
    scripts.set(path, script)
    const directory = dirname(path)
    const requireFrom = (id: string) => (id.startsWith('.') ? load(join(directory, id)) : require(id))
    script.runInThisContext()(module.exports, requireFrom, module, path, directory)
    return module.exports
  }
  const isNew = ([, { cachedDataRejected }]: [string, Script]): boolean => cachedDataRejected !== false
  return {
    load,
    isNew: () => [...scripts].some(isNew),
    code({ again }) {
      const wanted = again ? [...scripts] : [...scripts].filter(isNew)
      return new Map([...known, ...wanted.map(([path, script]) => [path, script.createCachedData()] as const)])
    },
  }
}

/** Like Node's own wrapper of CommonJS modules, on the first line, so that places in stack traces stay. */
function compile(path: string, cachedData: Buffer | undefined): Script {
  const source = readFileSync(path, 'utf8')
  return new Script(`(function (exports, require, module, __filename, __dirname) { ${source}\n})`, {
    filename: path,
    ...(cachedData === undefined ? {} : { cachedData }),
  })
}
