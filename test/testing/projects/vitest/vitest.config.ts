import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
    projects: [
      { test: { name: 'plain', include: ['plain/*.spec.js'] } },
      {
        test: {
          name: 'setup',
          include: ['setup/*.spec.js'],
          setupFiles: ['palimpsest/vitest/setup'],
        },
      },
      {
        test: {
          name: 'one realm',
          include: ['setup/*.spec.js'],
          setupFiles: ['palimpsest/vitest/setup'],
          isolate: false,
          pool: 'threads',
        },
      },
    ],
  },
})
