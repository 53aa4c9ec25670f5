/** Small programs to explore. */
import type { OperationClient, PalimpsestClient } from '../../src/client/index.ts'
import type { Operation } from '../../src/sim/index.ts'

export interface Item {
  _id: string
  value: number
}

export async function threeItems(client: PalimpsestClient): Promise<void> {
  const items = ['x', 'y', 'z'].map((_id) => ({ _id, value: 0 }))
  await client.db().collection<Item>('items').insertMany(items)
}

/** Reads and writes without a transaction: an update can get lost. */
export function adding(amount: number) {
  return function* add(client: OperationClient): Operation<void> {
    const items = client.db().collection<Item>('items')
    const read = yield* items.findOne({ _id: 'x' })
    yield* items.updateOne({ _id: 'x' }, { $set: { value: read!.value + amount } })
  }
}

export function addingAsync(amount: number) {
  return async (client: PalimpsestClient): Promise<void> => {
    const items = client.db().collection<Item>('items')
    const read = await items.findOne({ _id: 'x' })
    await items.updateOne({ _id: 'x' }, { $set: { value: read!.value + amount } })
  }
}

/** In a transaction reads two items and writes the second: two of them can skew. */
export function summing(first: string, second: string, log: (line: string) => void = () => {}) {
  return function* sum(client: OperationClient): Operation<void> {
    const items = client.db().collection<Item>('items')
    const session = client.startSession()
    session.startTransaction()
    try {
      const a = yield* items.findOne({ _id: first }, { session })
      const b = yield* items.findOne({ _id: second }, { session })
      const value = a!.value + b!.value + 1
      yield* items.updateOne({ _id: second }, { $set: { value } }, { session })
      yield* session.commitTransaction()
      log(`${first}${second} committed ${value}`)
    } catch {
      if (session.inTransaction()) yield* session.abortTransaction()
      log(`${first}${second} gave up`)
    }
  }
}

/** The doctors: nobody may go off call unless another one is on call. */
export async function twoOnCall(client: PalimpsestClient): Promise<void> {
  const doctors = client.db().collection<{ _id: string; onCall: boolean }>('doctors')
  await doctors.insertMany(['alice', 'bob'].map((_id) => ({ _id, onCall: true })))
}

export function goingOffCall(me: string) {
  return async (client: PalimpsestClient): Promise<void> => {
    const doctors = client.db().collection<{ _id: string; onCall: boolean }>('doctors')
    await client.withSession((session) =>
      session.withTransaction(async () => {
        const onCall = await doctors.find({ onCall: true }, { session }).toArray()
        if (onCall.length < 2) return
        await doctors.updateOne({ _id: me }, { $set: { onCall: false } }, { session })
      }),
    )
  }
}
