import type { StageUpdate } from '../log.ts'

export interface LiveSlot {
  update(progress: StageUpdate): void
  close(): void
}

/** The last line of a terminal, redrawn with the running stages; ordinary lines are printed above it. */
export interface LiveLine {
  open(name: string, started: number): LiveSlot
  /** Writes a complete line above the live one. */
  print(line: string): void
  /** Removes the line for good. */
  close(): void
}

export interface Terminal {
  readonly columns: number
  write(text: string): void
}

interface OpenStage {
  readonly name: string
  readonly started: number
  progress: StageUpdate
}

const REDRAW_MS = 100
const CLEAR = '\r\x1b[2K'

/** Draws at most ten times a second, and at least once a second so that the elapsed time moves. */
export function createLiveLine(terminal: Terminal, now: () => number): LiveLine {
  const stages: OpenStage[] = []
  let timer: NodeJS.Timeout | undefined
  const draw = (): void => {
    if (stages.length > 0) terminal.write(CLEAR + liveText(stages, now(), terminal.columns))
  }
  const stop = (): void => {
    clearInterval(timer)
    timer = undefined
    terminal.write(CLEAR)
  }
  return {
    open(name, started) {
      const stage: OpenStage = { name, started, progress: {} }
      stages.push(stage)
      timer ??= setInterval(draw, REDRAW_MS).unref()
      return {
        update: (progress) => {
          stage.progress = progress
        },
        close: () => {
          const at = stages.indexOf(stage)
          if (at >= 0) stages.splice(at, 1)
          if (stages.length === 0) stop()
        },
      }
    },
    print(line) {
      terminal.write(timer === undefined ? `${line}\n` : `${CLEAR}${line}\n`)
      if (timer !== undefined) draw()
    },
    close: stop,
  }
}

function liveText(stages: readonly OpenStage[], now: number, columns: number): string {
  const text = stages.map((stage) => stageText(stage, now)).join('  ·  ')
  return text.slice(0, Math.max(0, columns - 1))
}

function stageText({ name, started, progress }: OpenStage, now: number): string {
  const count =
    progress.done === undefined ? '' : ` ${progress.done}${progress.total === undefined ? '' : `/${progress.total}`}`
  const bytes = progress.bytes === undefined ? '' : ` ${formatBytes(progress.bytes)}`
  const item = progress.item === undefined ? '' : ` ${progress.item}`
  return `${name}${count}${bytes}${item} ${((now - started) / 1000).toFixed(1)}s`
}

/** `1.5 MB`: decimal units, one digit after the point. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  let value = bytes
  let unit = 0
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return unit === 0 ? `${bytes} B` : `${value.toFixed(1)} ${units[unit]}`
}
