/** Operations of the test runner itself (`testRunner`): fail points, waiting, assertions. */
import { type Document, ServerType, type TopologyDescription } from 'mongodb'
import { createEntities } from '../create_entities.ts'
import { countEvents } from '../match/events.ts'
import { difference } from '../match/match.ts'
import type { ObservedClient } from '../observed_client.ts'
import { check, LeftOut } from '../outcome.ts'
import { perform } from '../perform.ts'
import type { TestRun } from '../test_run.ts'
import { DATA_ASSERTIONS } from './runner_data.ts'
import { SESSION_ASSERTIONS } from './runner_sessions.ts'
import { sleep, until } from './waiting.ts'

export type RunnerOperation = (run: TestRun, args: Document) => unknown

const WAIT_MS = 10_000

const acting: Readonly<Record<string, RunnerOperation>> = {
  createEntities(run, { entities }) {
    return createEntities(run, entities)
  },
  async failPoint(run, { client, failPoint }) {
    await run.entities.get('client', client).client.db('admin').command(failPoint)
    run.setFailPoints.add(failPoint['configureFailPoint'])
  },
  targetedFailPoint() {
    throw new LeftOut('a session is pinned to one of several mongos only')
  },
  runOnThread(run, { thread, operation }) {
    run.entities.get('thread', thread).run(() => perform(run, operation, {}))
  },
  waitForThread(run, { thread }) {
    return run.entities.get('thread', thread).join()
  },
  wait(_, { ms }) {
    return sleep(ms)
  },
  loop() {
    throw new LeftOut('a loop goes on until somebody ends the runner')
  },
}

const events: Readonly<Record<string, RunnerOperation>> = {
  async waitForEvent(run, { client, event, count }) {
    const observed = run.entities.get('client', client)
    const seen = (): number => countEvents(event, observed.events.all, run)
    await until(
      () => seen() >= count,
      observed.events,
      WAIT_MS,
      () => {
        const types = observed.events.all.map(({ type }) => type).join(', ')
        return `waited for ${count} ${JSON.stringify(event)}, and saw ${seen()} among ${types}`
      },
    )
  },
  assertEventCount(run, { client, event, count }) {
    const { all } = run.entities.get('client', client).events
    const seen = countEvents(event, all, run)
    check(
      seen === count,
      `${count} ${JSON.stringify(event)} should have been seen, and were ${seen}`,
    )
  },
  async assertNumberConnectionsCheckedOut(run, { client, connections }) {
    const { events } = run.entities.get('client', client)
    check(typeof connections === 'number', 'how many connections is not said')
    await sleep(0)
    check(
      events.checkedOut === connections,
      `${connections} connections should be checked out, and ${events.checkedOut} are`,
    )
  },
  assertSameLsidOnLastTwoCommands(run, { client }) {
    const [a, b] = lastTwoSessions(run.entities.get('client', client))
    const found = difference(a, b, { scope: run, path: 'lsid' })
    check(found === undefined, `the last two commands should have one lsid: ${found}`)
  },
  assertDifferentLsidOnLastTwoCommands(run, { client }) {
    const [a, b] = lastTwoSessions(run.entities.get('client', client))
    const found = difference(a, b, { scope: run, path: 'lsid' })
    check(found !== undefined, 'the last two commands should not have one lsid')
  },
}

const topology: Readonly<Record<string, RunnerOperation>> = {
  recordTopologyDescription(run, { client, id }) {
    const value = topologyOf(run.entities.get('client', client))
    run.entities.add(id, { kind: 'topology', value })
  },
  assertTopologyType(run, { topologyDescription, topologyType }) {
    const { type } = run.entities.get('topology', topologyDescription)
    check(type === topologyType, `the topology should be ${topologyType}, and is ${type}`)
  },
  async waitForPrimaryChange(run, { client, priorTopologyDescription, timeoutMS = WAIT_MS }) {
    const observed = run.entities.get('client', client)
    const before = primaryOf(run.entities.get('topology', priorTopologyDescription))
    const changed = (): boolean => {
      const now = primaryOf(topologyOf(observed))
      return now !== undefined && now !== before
    }
    await until(changed, observed.client, timeoutMS, () => 'the primary should have changed')
  },
}

export const RUNNER_OPERATIONS: Readonly<Record<string, RunnerOperation>> = {
  ...acting,
  ...events,
  ...topology,
  ...SESSION_ASSERTIONS,
  ...DATA_ASSERTIONS,
}

function lastTwoSessions({ events }: ObservedClient): readonly [unknown, unknown] {
  const started = events.all.filter(({ type }) => type === 'commandStartedEvent')
  const sessions = started.slice(-2).map(({ event }) => event['command']['lsid'])
  check(sessions.length === 2 && !sessions.includes(undefined), 'two commands should have an lsid')
  return [sessions[0], sessions[1]]
}

interface WithTopology {
  readonly topology?: { readonly description: TopologyDescription }
}

function topologyOf({ client }: ObservedClient): TopologyDescription {
  const { topology } = client as unknown as WithTopology
  if (topology === undefined) throw new LeftOut('the driver does not show its topology')
  return topology.description
}

function primaryOf({ servers }: TopologyDescription): string | undefined {
  return [...servers.values()].find(({ type }) => type === ServerType.RSPrimary)?.address
}
