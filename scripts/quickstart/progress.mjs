const TICK_MS = 5_000

/**
 * Prints what happens: a line when a stage begins, the lines it reports, a sign of life when it is silent, and a line
 * with its duration when it ends.
 */
export function createProgress(total) {
  const timings = []
  let begun = 0
  return {
    timings,
    async stage(name, work) {
      begun += 1
      const started = Date.now()
      let spoken = started
      console.log(`[${String(begun).padStart(2)}/${total}] ${name}`)
      const report = (line) => {
        spoken = Date.now()
        console.log(`        ${line}`)
      }
      const ticker = setInterval(() => {
        if (Date.now() - spoken >= TICK_MS) report(`… ${seconds(started)}`)
      }, TICK_MS)
      try {
        const result = await work(report)
        timings.push({ name, ms: Date.now() - started })
        console.log(`        done in ${seconds(started)}`)
        return result
      } finally {
        clearInterval(ticker)
      }
    },
    fail(failure, what = 'quickstart') {
      console.error(`\n${what} stopped: ${failure.message}`)
      if (failure.hint !== undefined) console.error(`  hint: ${failure.hint}`)
    },
  }
}

function seconds(since) {
  return `${((Date.now() - since) / 1000).toFixed(1)} s`
}
