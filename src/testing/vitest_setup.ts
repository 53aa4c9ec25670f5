/**
 * # palimpsest/vitest/setup
 *
 * For `setupFiles`: each test file has a simulator of its own, in real time, whose connection
 * string is in `process.env.MONGODB_URI` when the file is loaded; after each test its store is put
 * back. No test file changes. A suite with other names or needs writes the two lines itself, with
 * `usePalimpsest` and `ready`.
 */
import { usePalimpsest } from './vitest.ts'

await usePalimpsest({ env: 'MONGODB_URI' }).ready
