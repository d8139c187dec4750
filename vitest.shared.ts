import { defineConfig } from 'vitest/config'

const conditions = ['apkts-source', 'node', 'import', 'module', 'default']

/** Every package tests its TypeScript sources, and those of its workspace neighbours, without a build in between. */
export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: ['node', 'import', 'default'] } },
  test: {
    include: ['test/**/*.test.ts'],
    setupFiles: [new URL('./vitest.setup.ts', import.meta.url).pathname],
    passWithNoTests: true,
    testTimeout: 90_000,
    hookTimeout: 300_000,
    reporters: ['default', 'json'],
    outputFile: { json: '.vitest/results.json' },
  },
})
