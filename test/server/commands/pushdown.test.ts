import fc from 'fast-check'
import { expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { documentsOf, makeBench } from '../harness.ts'

const field = fc.constantFrom('a', 'b')
const direction = fc.constantFrom(1, -1)

const stage: fc.Arbitrary<Document> = fc.oneof(
  fc.record({ $match: fc.dictionary(field, fc.record({ $gte: fc.nat(4) })) }),
  // _id last, so that there is one order only.
  fc.tuple(field, direction).map(([name, order]) => ({ $sort: { [name]: order, _id: 1 } })),
  fc.record({ $skip: fc.nat(4) }),
  fc.record({ $limit: fc.integer({ min: 1, max: 12 }) }),
)

const DOCUMENTS = Array.from({ length: 20 }, (_, _id) => ({ _id, a: (_id * 7) % 5, b: _id % 3 }))

it('a query at the front of a pipeline gives what its stages would', async () => {
  const bench = makeBench()
  await bench.run({ insert: 'demo', documents: DOCUMENTS })
  await bench.run({ createIndexes: 'demo', indexes: [{ key: { a: 1 }, name: 'a_1' }] })
  const run = async (command: Document): Promise<Document[]> =>
    documentsOf(await bench.run({ ...command, cursor: {} }))
  await fc.assert(
    fc.asyncProperty(fc.array(stage, { maxLength: 6 }), async (stages) => {
      // An index may give another order; the first sort of both settles it.
      const pipeline = [{ $sort: { _id: 1 } }, { $limit: 20 }, ...stages]
      const alone = await run({ aggregate: 1, pipeline: [{ $documents: DOCUMENTS }, ...stages] })
      expect(await run({ aggregate: 'demo', pipeline })).toEqual(alone)
      const sorted = [{ $sort: { b: -1, _id: 1 } }, ...stages]
      const documents = [{ $documents: DOCUMENTS }, ...sorted]
      expect(await run({ aggregate: 'demo', pipeline: sorted })).toEqual(
        await run({ aggregate: 1, pipeline: documents }),
      )
    }),
    { numRuns: 200 },
  )
  bench.stop()
})
