/** One test case, from its data to its verdict. */
import { MongoServerError } from 'mongodb'
import { createEntities } from './create_entities.ts'
import { checkOutcome, prepareData } from './data.ts'
import type { Deployment } from './deployment.ts'
import type { Fleet } from './fleet.ts'
import type { TestCase, TestFile } from './format.ts'
import { IGNORES_TIMEOUT_MS, knownLimit, usesTimeoutMS } from './known_limits.ts'
import { describeError } from './match/errors.ts'
import { eventsDiffer } from './match/events.ts'
import { logsDiffer } from './match/logs.ts'
import { failAfter } from './observed_client.ts'
import { checkSame, Failure, LeftOut, type Verdict } from './outcome.ts'
import { performEach } from './perform.ts'
import { TestRun } from './test_run.ts'

/** No test of the specifications takes as long. */
const LIMIT_MS = 60_000

/** Nor as long as this where it wants to be timed out. */
const TIME_OUT_LIMIT_MS = 5_000

export async function runTest(fleet: Fleet, file: TestFile, test: TestCase): Promise<Verdict> {
  const deployment = await fleet.find(file, test)
  if ('unmet' in deployment) return { kind: 'not applicable', reason: deployment.unmet }
  const { skipReason } = test
  if (skipReason !== undefined) return { kind: 'left out', reason: `by the test: ${skipReason}` }
  const run = new TestRun(deployment, test)
  let passed = false
  try {
    const limitMs = usesTimeoutMS(file, test) ? TIME_OUT_LIMIT_MS : LIMIT_MS
    const tooLong = new Failure(`it was not done after ${limitMs / 1000} s`)
    await Promise.race([steps(run, file, test), failAfter(limitMs, tooLong)])
    passed = true
    return run.ways.size === 0 ? { kind: 'passed' } : { kind: 'passed', ways: [...run.ways] }
  } catch (error) {
    if (error instanceof LeftOut) return { kind: 'left out', reason: error.message }
    const reason = error instanceof Failure ? error.message : describeError(error)
    const limit = knownLimit(file, test, reason)
    // The in-process client keeps its limits of time, so that this excuses nothing.
    const isExcused = limit !== IGNORES_TIMEOUT_MS || run.deployment.sim === undefined
    if (limit === undefined || !isExcused) return { kind: 'failed', reason }
    return { kind: 'left out', reason: limit }
  } finally {
    await cleanUp(run, passed)
  }
}

async function steps(run: TestRun, file: TestFile, test: TestCase): Promise<void> {
  const { deployment, entities } = run
  await prepareData(deployment, file)
  await createEntities(run, file.createEntities ?? [])
  await performEach(run, test.operations)
  for (const client of entities.all('client')) client.stopObserving()
  await switchOff(run)
  for (const expected of test.expectEvents ?? []) {
    const client = entities.get('client', expected.client)
    const observed = client.eventsOf(expected.eventType ?? 'command')
    const found = eventsDiffer(expected, observed, run)
    checkSame(found === undefined ? undefined : `${expected.client}: ${found}`)
  }
  for (const expected of test.expectLogMessages ?? []) {
    checkSame(logsDiffer(expected, entities.get('client', expected.client).logs, run))
  }
  if (test.expectTracingMessages !== undefined) {
    throw new LeftOut('the driver makes no OpenTelemetry spans')
  }
  await checkOutcome(deployment, test.outcome ?? [])
}

/** Nothing of a test must reach the next one. */
async function cleanUp(run: TestRun, passed: boolean): Promise<void> {
  await switchOff(run)
  if (run.hasTransactions || !passed) await endTransactions(run.deployment)
  await run.entities.close()
}

async function switchOff({ deployment, setFailPoints }: TestRun): Promise<void> {
  const admin = deployment.internal.db('admin')
  for (const name of setFailPoints) await admin.command({ configureFailPoint: name, mode: 'off' })
  setFailPoints.clear()
}

/** Interrupted, Unauthorized: as the format has it, these may be ignored. */
const IGNORED: readonly unknown[] = [11601, 13]

async function endTransactions({ internal }: Deployment): Promise<void> {
  try {
    await internal.db('admin').command({ killAllSessions: [] })
  } catch (error) {
    if (!(error instanceof MongoServerError) || !IGNORED.includes(error.code)) throw error
  }
}
