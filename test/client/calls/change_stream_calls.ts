import { type Document, Long, Timestamp } from 'bson'
import type { Call } from './call.ts'

const token = (n: number) => ({ _data: `token ${n}` })
const change = (n: number) => ({ _id: token(n), operationType: 'insert', fullDocument: { n } })

/** A reply of a change stream's cursor that stays open. */
function reply(batchName: 'firstBatch' | 'nextBatch', seen: number, changes: Document[]): Document {
  const [id, ns] = [Long.fromNumber(9), 'shop.things']
  return {
    ok: 1,
    cursor: { id, ns, [batchName]: changes, postBatchResumeToken: token(seen) },
    operationTime: new Timestamp({ t: 100, i: seen }),
  }
}
const first = (seen: number, ...changes: Document[]) => reply('firstBatch', seen, changes)
const next = (seen: number, ...changes: Document[]) => reply('nextBatch', seen, changes)

const resumable = {
  ...{ ok: 0, code: 234, codeName: 'RetryChangeStream', errmsg: 'moved' },
  errorLabels: ['ResumableChangeStreamError'],
}
const killed = { ok: 1 }

export const CHANGE_STREAMS: readonly Call[] = [
  [
    'next, over batches',
    async ({ things }) => {
      const stream = things.watch([{ $match: { operationType: 'insert' } }], {
        fullDocument: 'updateLookup',
        batchSize: 2,
        maxAwaitTimeMS: 5,
        comment: 'c',
      })
      const seen: unknown[] = []
      for (let i = 0; i < 3; i++) seen.push(await stream.next(), stream.resumeToken)
      await stream.close()
      return [...seen, stream.closed]
    },
    [first(1), next(4, change(2), change(3)), next(5, change(5)), killed],
  ],
  [
    'tryNext of an empty batch',
    async ({ db }) => {
      const stream = db.watch()
      const seen = [await stream.tryNext(), stream.resumeToken]
      await stream.close()
      return seen
    },
    [first(7), next(8), killed],
  ],
  [
    'the whole deployment, from a time',
    async ({ client }) => {
      const stream = client.watch([], {
        startAtOperationTime: new Timestamp({ t: 3, i: 1 }),
        showExpandedEvents: true,
        fullDocumentBeforeChange: 'required',
      })
      const has = await stream.hasNext()
      await stream.close()
      return has
    },
    [first(1, change(1)), killed],
  ],
  [
    'resumes after what was handed over',
    async ({ things }) => {
      const stream = things.watch()
      const seen = [await stream.next(), await stream.next()]
      await stream.close()
      return seen
    },
    [first(0, change(1)), resumable, killed, first(2, change(2)), killed],
  ],
  [
    'resumes from the start where nothing was seen',
    async ({ things }) => {
      const stream = things.watch([], { startAfter: token(3) })
      const seen = [await stream.next()]
      await stream.close()
      return seen
    },
    [first(3), resumable, killed, first(4, change(4)), killed],
  ],
  [
    'resumes where the cursor was forgotten',
    async ({ things }) => {
      const stream = things.watch([], { resumeAfter: token(3) })
      const seen = [await stream.next(), await stream.next()]
      await stream.close()
      return seen
    },
    [
      first(3, change(4)),
      { ok: 0, code: 43, codeName: 'CursorNotFound', errmsg: 'forgotten' },
      killed,
      first(5, change(5)),
      killed,
    ],
  ],
  [
    'ends with another error',
    async ({ things }) => await things.watch().next(),
    [first(0), { ok: 0, code: 280, codeName: 'ChangeStreamFatalError', errmsg: 'lost' }, killed],
  ],
  [
    'ends where it can not be opened',
    async ({ things }) => await things.watch().next(),
    [{ ...resumable, code: 40573 }],
  ],
  [
    'a change without a token',
    async ({ things }) => await things.watch([{ $unset: '_id' }]).next(),
    [first(0, { operationType: 'insert' }), killed],
  ],
  [
    'next after close',
    async ({ things }) => {
      const stream = things.watch()
      await stream.close()
      return await stream.next()
    },
    [],
  ],
]
