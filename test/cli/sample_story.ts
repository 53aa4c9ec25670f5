/** A small story made by hand, so that the renderers are tested without a simulator. */
import { Long } from 'bson'
import type { DemoReport } from '../../src/cli/demo/report.ts'
import type { Attempt, StatStep, Story } from '../../src/cli/story/story.ts'

/**
 * A wait of `count` conflicts, the first `atOnce` of them without a pause, then one each `pauseMs`.
 */
export function sampleAttempts(count: number, atOnce: number, pauseMs: number): Attempt[] {
  const attempts: Attempt[] = []
  let atMs = 1_000
  for (let i = 0; i < count; i++) {
    const backoffMs = i < atOnce ? 0 : pauseMs
    attempts.push({ atMs, outcome: 'conflict', backoffMs })
    atMs += backoffMs
  }
  return [...attempts, { atMs, outcome: 'done', backoffMs: 0 }]
}

function stat(atMs: number, writeConflicts = 0): StatStep {
  return { kind: 'stat', atMs, insert: 0, query: 0, update: 0, delete: 0, writeConflicts }
}

const attempts = sampleAttempts(204, 4, 90)
const endMs = attempts.at(-1)!.atMs

export const SAMPLE_STORY: Story = {
  id: 'sample',
  title: 'A sample <story>',
  about: 'A holds x; B waits & waits.',
  actors: [
    { id: 'A', label: 'session A' },
    { id: 'B', label: 'session B' },
    { id: 'stat', label: 'mongostat' },
  ],
  steps: [
    { kind: 'command', atMs: 0, who: 'A', text: 'sessionA.startTransaction()' },
    { kind: 'result', atMs: 0, who: 'A', value: { acknowledged: true, insertedId: 'x' } },
    { kind: 'note', atMs: 500, text: 'A waits for "nothing".' },
    { kind: 'command', atMs: 1_000, who: 'B', text: "db.demo.updateOne({ _id: 'x' })" },
    ...Array.from({ length: 18 }, (_, i) => stat(1_000 * (i + 2))),
    { kind: 'result', atMs: endMs, who: 'B', value: { n: Long.fromNumber(5), at: new Date(0) } },
    stat(20_000, 204),
    {
      kind: 'error',
      atMs: 21_000,
      who: 'A',
      name: 'MongoServerError',
      code: 251,
      codeName: 'NoSuchTransaction',
      message: 'Transaction with { txnNumber: 2 } has been aborted.',
      labels: ['TransientTransactionError'],
    },
    { kind: 'print', atMs: 21_000, who: 'A', text: 'Done [sample]' },
  ],
  timeline: {
    endMs: 21_000,
    lanes: [
      {
        who: 'A',
        transactions: [
          { txnNumber: 2, fromMs: 0, toMs: 18_950, expiresMs: 12_000, end: 'expired' },
        ],
        statements: [
          { text: 'insert', fromMs: 0, toMs: 0, attempts: [] },
          {
            text: 'commit',
            fromMs: 21_000,
            toMs: 21_000,
            error: 'NoSuchTransaction',
            attempts: [],
          },
        ],
      },
      {
        who: 'B',
        transactions: [],
        statements: [{ text: 'update', fromMs: 1_000, toMs: endMs, attempts }],
      },
    ],
  },
  figures: { writeConflicts: 204 },
}

export const SAMPLE_REPORT: DemoReport = {
  version: '0.0.0',
  seed: 7,
  startAt: new Date('2025-07-23T17:00:00Z'),
  stories: [SAMPLE_STORY],
}
