import type { Random } from '../sim/index.ts'
import { initialDocument, readStamped, writeStamped } from './stamped.ts'
import type { TransactionSource, Workload, WorkloadEvent } from './workload.ts'

const COUNTER = 'counter'

/**
 * A number that transactions read and write one higher: no increment that was acknowledged may be
 * lost, and none may be there that nobody asked for.
 */
export const counter: Workload = {
  name: 'counter',
  summary: 'a counter that transactions read and increment',
  model: 'rw-register',
  assumptions: { wfrKeys: true },
  source: counterSource,
  prepare: (collection) => collection.insertMany([initialDocument(COUNTER, 0)]),
  intent: (step) =>
    step[0] === 'increment'
      ? [
          ['r', step[1], null],
          ['w', step[1], step[2]],
        ]
      : [['r', step[1], null]],
  async perform(step, collection, session, into) {
    const number = await readStamped(step[1], collection, session, into)
    if (step[0] !== 'increment') return
    const [, key, stamp] = step
    await writeStamped({ key, number: number + 1, stamp }, collection, session, into)
  },
  complaints: counterComplaints,
}

function counterSource(random: Random): TransactionSource {
  let stamp = 0
  return {
    next: () => (random.below(4) === 0 ? [['r', COUNTER]] : [['increment', COUNTER, ++stamp]]),
    last: () => [[['r', COUNTER]]],
  }
}

/**
 * Each read lies between the increments acknowledged before it began and those that were asked for
 * before it ended. Source of the idea: the counter checker of Jepsen.
 */
function counterComplaints(events: readonly WorkloadEvent[]): string[] {
  const complaints: string[] = []
  const least = new Map<WorkloadEvent['process'], number>()
  let acknowledged = 0
  let asked = 0
  for (const { type, index, process, numbers, value } of events) {
    const increments = countWrites(value)
    if (type === 'invoke') {
      least.set(process, acknowledged)
      asked += increments
    }
    if (type === 'fail') asked -= increments
    if (type !== 'ok') continue
    const seen = numbers?.[COUNTER]
    // Of its own increments it saw those before its last read.
    const own = countWrites(
      value.slice(
        0,
        value.findLastIndex(([name]) => name === 'r'),
      ),
    )
    const lower = (least.get(process) ?? 0) + own
    const upper = asked - increments + own
    if (seen !== undefined && (seen < lower || seen > upper)) {
      complaints.push(
        `process ${process} (event ${index}) read ${seen}, not from ${lower} to ${upper}`,
      )
    }
    acknowledged += increments
  }
  return complaints
}

function countWrites(value: WorkloadEvent['value']): number {
  return value.reduce((sum, [name]) => (name === 'w' ? sum + 1 : sum), 0)
}
