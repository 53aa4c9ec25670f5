/** Very many connections: nothing is left of those that are gone, and the process ends by itself. */
import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import type { Figures } from './churn_child.ts'

/** `npm run soak` has 10,000 of them, a thousand at a time. */
const CONNECTIONS = Number(process.env['CONNECTIONS'] ?? 1_000)
const AT_ONCE = CONNECTIONS / 10

test(`${CONNECTIONS} connections, ${AT_ONCE} at once, leave nothing behind`, () => {
  const child = fileURLToPath(new URL('churn_child.ts', import.meta.url))
  const started = process.hrtime.bigint()
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', 'tsx', child, String(CONNECTIONS), String(AT_ONCE)],
    { encoding: 'utf8', timeout: 300_000 },
  )
  expect(stderr.replace(/^npm warn .*\n/gm, '')).toBe('')
  expect(status).toBe(0)
  const figures = JSON.parse(stdout) as Figures
  const wallMs = Number(process.hrtime.bigint() - started) / 1e6
  console.log(stdout.trim(), `${wallMs.toFixed(0)} ms with start and end`)
  expect(figures).toMatchObject({
    answered: CONNECTIONS,
    peakConnections: AT_ONCE,
    connectionsLeft: 0,
    socketsLeft: 0,
    // A session outlives its connection, and one that was ended lives until the next refresh.
    sessionsAfter: CONNECTIONS,
    sessionsLeft: 0,
  })
  expect(figures.heapAfterBytes - figures.heapBeforeBytes).toBeLessThan(1_500_000)
}, 400_000)
