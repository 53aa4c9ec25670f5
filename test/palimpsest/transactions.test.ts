import { MongoServerError } from 'mongodb'
import { expect, test } from 'vitest'
import { Palimpsest } from '../../src/index.ts'
import { failure, simulatorWithHolder } from './simulator.ts'

test('a transaction fails on the conflict, at once', async () => {
  const { sim, client, demo } = await simulatorWithHolder()
  const other = client.startSession()
  other.startTransaction()
  const error = await failure(
    demo.updateOne({ _id: 'x' }, { $inc: { value: 4 } }, { session: other }),
  )
  expect(error).toMatchObject({
    code: 112,
    codeName: 'WriteConflict',
    errorLabels: ['TransientTransactionError'],
    message:
      'Caused by :: Write conflict during plan execution and yielding is disabled. :: ' +
      'Please retry your operation or multi-document transaction.',
  })
  expect(sim.clock.elapsed()).toBe(0)
  await sim.stop()
})

test('an expired transaction can no longer commit', async () => {
  const { sim, client, demo } = await simulatorWithHolder()
  const second = client.startSession()
  second.startTransaction()
  await demo.findOne({ _id: 'x' }, { session: second })
  await second.abortTransaction()
  second.startTransaction()
  await demo.findOne({ _id: 'x' }, { session: second })
  await sim.clock.sleep(91_000)
  const error = await failure(second.commitTransaction())
  expect(error).toMatchObject({
    code: 251,
    codeName: 'NoSuchTransaction',
    errorLabels: ['TransientTransactionError'],
    message: 'Transaction with { txnNumber: 2 } has been aborted.',
  })
  await sim.stop()
})

test('withTransaction tries again until the holder is gone', async () => {
  const { sim, client, demo, holder } = await simulatorWithHolder()
  let attempts = 0
  const ended = sim.clock.sleep(2_000).then(() => holder.commitTransaction())
  const answer = await client.withSession((session) =>
    session.withTransaction(async (s) => {
      attempts++
      await demo.updateOne({ _id: 'x' }, { $inc: { value: 8 } }, { session: s })
      return 'done'
    }),
  )
  await ended
  expect(answer).toBe('done')
  expect(attempts).toBeGreaterThan(1)
  expect(await demo.findOne({ _id: 'x' })).toEqual({ _id: 'x', value: 10 })
  await sim.stop()
})

test("the driver's own error classes, where they are given", async () => {
  const sim = await Palimpsest.create()
  const client = sim.client({ errors: { MongoServerError } })
  const error = await failure(client.db('test').command({ nonsense: 1 }))
  expect(error).toBeInstanceOf(MongoServerError)
  expect(error).toMatchObject({ code: 59, codeName: 'CommandNotFound' })
  await sim.stop()
})
