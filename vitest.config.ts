import { defineConfig } from 'vitest/config'

/**
 * What replaces modules, measures memory, or has globals of its own, as Mongoose does: each of
 * these files has a process. The others share theirs, and with it the loading of the sources,
 * which takes longer than most of them.
 */
const APART = [
  'test/*.test.ts',
  'test/{cli/mongod,memory_server,mongoose,mongosh,testing}/**/*.test.ts',
  'test/server/wire/**/*.test.ts',
  'test/explore/mutants.test.ts',
]
const FOREIGN = '**/node_modules/**'

export default defineConfig({
  test: {
    // Nothing here takes long by itself; a machine with other things to do does.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    projects: [
      { extends: true, test: { name: 'apart', include: APART, exclude: [FOREIGN] } },
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: [FOREIGN, ...APART],
          isolate: false,
        },
      },
    ],
  },
})
