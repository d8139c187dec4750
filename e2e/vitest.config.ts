import { mergeConfig } from 'vitest/config'
import shared from '../vitest.shared.ts'

// Whole builds with real tools: seconds on an idle machine, much longer on a busy one.
export default mergeConfig(shared, {
  test: {
    globalSetup: './src/quickstart-setup.ts',
    setupFiles: [new URL('./vitest.setup.ts', import.meta.url).pathname],
    testTimeout: 240_000,
    hookTimeout: 300_000,
  },
})
