import { createWriteStream, type WriteStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { finished } from 'node:stream/promises'
import type { Log } from '@apkts/diagnostics'

/** How many lines of a failing step an error repeats. */
const KEPT_LINES = 20

/** Output of all steps of a build: shown as it comes, kept in a file, its end remembered. */
export interface StepLog {
  readonly file: string
  line(text: string, stream: 'stdout' | 'stderr'): void
  /** The last lines since the step began. */
  tail(): readonly string[]
  startStep(title: string): void
  /** Closes the file, and removes it unless `keep` is set. */
  close(options: { readonly keep: boolean }): Promise<void>
}

/** Opens the log of a build in a file that does not exist yet; `hide` takes out of lines what nobody may see. */
export function openStepLog(file: string, log: Log, hide = (text: string): string => text): StepLog {
  const stream: WriteStream = createWriteStream(file, { flags: 'wx', mode: 0o600 })
  // A full disk must not end a build that can do without its log file.
  stream.on('error', (error) => log.debug(`cannot write ${file}: ${error.message}`))
  let tail: string[] = []
  return {
    file,
    line(printed, from) {
      const text = hide(printed)
      log.output(text, from)
      stream.write(`${text}\n`)
      tail.push(text)
      if (tail.length > KEPT_LINES) tail.shift()
    },
    tail: () => tail,
    startStep(title) {
      tail = []
      stream.write(`=== ${title}\n`)
    },
    async close({ keep }) {
      stream.end()
      await finished(stream).catch(() => {})
      if (!keep) await rm(file, { force: true })
    },
  }
}
