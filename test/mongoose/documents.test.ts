/** Mongoose's documents over the wire: schemas, validation, middleware, sub-documents, versions. */
import mongoose, { type HydratedDocument, Schema } from 'mongoose'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { usePalimpsest } from '../../src/testing/vitest.ts'
import { failure } from './failure.ts'

const db = usePalimpsest({ listen: true, database: 'app' })

interface Line {
  sku: string
  count: number
}

interface Order {
  customer: string
  state: 'open' | 'paid'
  lines: mongoose.Types.DocumentArray<Line>
  tags: string[]
  note?: string
  saves: number
}

const orderSchema = new Schema<Order>(
  {
    customer: { type: String, required: true, trim: true, minlength: 2 },
    state: { type: String, enum: ['open', 'paid'], default: 'open' },
    lines: [{ sku: { type: String, required: true }, count: { type: Number, default: 1, min: 1 } }],
    tags: [String],
    note: String,
    saves: { type: Number, default: 0 },
  },
  { timestamps: true, optimisticConcurrency: true },
)

const events: string[] = []
orderSchema.pre('save', function () {
  this.saves += 1
  events.push(this.isNew ? 'before the first save' : 'before a save')
})
orderSchema.post('save', () => {
  events.push('after a save')
})
orderSchema.pre('findOneAndUpdate', function () {
  events.push(`before ${JSON.stringify(this.getFilter())}`)
})
orderSchema.virtual('size').get(function () {
  return this.lines.reduce((sum, { count }) => sum + count, 0)
})

const Order = mongoose.model('Order', orderSchema)

beforeAll(() => mongoose.connect(db.uri))
afterAll(() => mongoose.disconnect())

describe('a schema', () => {
  test('fills in defaults, times and a version', async () => {
    const order = await Order.create({ customer: ' Ada ', lines: [{ sku: 'x' }] })
    const stored = await Order.findById(order._id).lean().orFail()
    expect(stored).toMatchObject({
      customer: 'Ada',
      state: 'open',
      lines: [{ sku: 'x', count: 1, _id: expect.any(mongoose.Types.ObjectId) }],
      tags: [],
      __v: 0,
      createdAt: expect.any(Date),
    })
    expect((await Order.findById(order._id).orFail()).get('size')).toBe(1)
  })

  test('refuses what does not validate, before anything is sent', async () => {
    const error = await failure(
      Order.create({ customer: 'A', state: 'lost' as 'open', lines: [{}] }),
    )
    expect(error).toMatchObject({ name: 'ValidationError' })
    expect(Object.keys((error as mongoose.Error.ValidationError).errors).sort()).toEqual([
      'customer',
      'lines.0.sku',
      'state',
    ])
    expect(await Order.countDocuments()).toBe(0)
  })

  test('runs validators on updates that ask for it', async () => {
    const { _id } = await Order.create({ customer: 'Ada' })
    const wrong = { state: 'lost' as 'open' }
    const update = Order.updateOne({ _id }, wrong, { runValidators: true })
    expect(await failure(update.exec())).toMatchObject({ name: 'ValidationError' })
  })

  test('casts filters', async () => {
    const { id } = await Order.create({ customer: 'Ada', lines: [{ sku: 'x', count: 3 }] })
    const asText = { _id: id, 'lines.count': '3' as unknown as number }
    expect(await Order.exists(asText)).not.toBeNull()
    expect(await failure(Order.findById('nonsense').exec())).toMatchObject({ name: 'CastError' })
  })
})

test('middleware runs around what it is for', async () => {
  events.length = 0
  const order = await Order.create({ customer: 'Ada' })
  order.note = 'n'
  await order.save()
  await Order.findOneAndUpdate({ customer: 'Ada' }, { note: 'm' })
  expect(events).toEqual([
    'before the first save',
    'after a save',
    'before a save',
    'after a save',
    'before {"customer":"Ada"}',
  ])
  expect((await Order.findById(order._id).orFail()).saves).toBe(2)
})

describe('times', () => {
  test('are set at the first save, and moved on by updates of every kind', async () => {
    const order = await Order.create({ customer: 'Ada' })
    const times = async () => {
      const { createdAt, updatedAt } = (await Order.findById(order._id)
        .lean()
        .orFail()) as never as {
        createdAt: Date
        updatedAt: Date
      }
      return { createdAt, updatedAt }
    }
    const first = await times()
    expect(first.createdAt).toEqual(first.updatedAt)
    await new Promise((resolve) => setTimeout(resolve, 3))
    await Order.updateOne({ _id: order._id }, { note: 'n' })
    const second = await times()
    expect(second.createdAt).toEqual(first.createdAt)
    expect(second.updatedAt.getTime()).toBeGreaterThan(first.updatedAt.getTime())
  })

  test('of an upsert are those of an insert', async () => {
    const made = await Order.findOneAndUpdate(
      { customer: 'Brian' },
      { $set: { note: 'n' } },
      { upsert: true, returnDocument: 'after', setDefaultsOnInsert: true },
    ).orFail()
    expect(made).toMatchObject({ customer: 'Brian', note: 'n', state: 'open', saves: 0 })
    expect(made.get('createdAt')).toEqual(made.get('updatedAt'))
  })
})

describe('arrays of sub-documents', () => {
  let order: HydratedDocument<Order>

  const lines = async () =>
    (await Order.findById(order._id).orFail()).lines.map(({ sku, count }) => `${sku} ${count}`)
  const made = async () => {
    order = await Order.create({
      customer: 'Ada',
      tags: ['a', 'b', 'a'],
      lines: [
        { sku: 'x', count: 1 },
        { sku: 'y', count: 2 },
        { sku: 'z', count: 3 },
      ],
    })
  }

  test('push, pull, set and remove through the document', async () => {
    await made()
    order.lines.push({ sku: 'v', count: 9 })
    await order.save()
    expect(await lines()).toEqual(['x 1', 'y 2', 'z 3', 'v 9'])
    order.lines.pull({ _id: order.lines[1]?.get('_id') })
    order.lines[0]!.count = 7
    await order.save()
    expect(await lines()).toEqual(['x 7', 'z 3', 'v 9'])
    order.lines.id(order.lines[2]?.get('_id'))?.deleteOne()
    await order.save()
    expect(await lines()).toEqual(['x 7', 'z 3'])
    order.lines.splice(0, 1)
    await order.save()
    expect(await lines()).toEqual(['z 3'])
  })

  test('$push with modifiers, $pull, $addToSet', async () => {
    await made()
    const one = { _id: order._id }
    await Order.updateOne(one, {
      $push: { lines: { $each: [{ sku: 'a', count: 5 }], $sort: { count: -1 }, $slice: 3 } },
    })
    expect(await lines()).toEqual(['a 5', 'z 3', 'y 2'])
    await Order.updateOne(one, { $pull: { lines: { count: { $lt: 4 } } } })
    expect(await lines()).toEqual(['a 5'])
    await Order.updateOne(one, { $addToSet: { tags: { $each: ['a', 'c'] } } })
    await Order.updateOne(one, { $pull: { tags: 'b' } })
    expect((await Order.findById(order._id).orFail()).tags).toEqual(['a', 'a', 'c'])
  })

  test('the positional $', async () => {
    await made()
    await Order.updateOne({ _id: order._id, 'lines.sku': 'y' }, { $set: { 'lines.$.count': 20 } })
    expect(await lines()).toEqual(['x 1', 'y 20', 'z 3'])
  })

  test('$[] and $[name] with arrayFilters', async () => {
    await made()
    const one = { _id: order._id }
    await Order.updateOne(one, { $inc: { 'lines.$[].count': 1 } })
    expect(await lines()).toEqual(['x 2', 'y 3', 'z 4'])
    await Order.updateOne(
      one,
      { $set: { 'lines.$[large].count': 0 } },
      { arrayFilters: [{ 'large.count': { $gte: 3 } }] },
    )
    expect(await lines()).toEqual(['x 2', 'y 0', 'z 0'])
  })

  test('an update by a pipeline', async () => {
    await made()
    await Order.updateOne(
      { _id: order._id },
      [{ $set: { note: { $concat: ['$customer', '!'] } } }],
      { updatePipeline: true },
    )
    expect((await Order.findById(order._id).orFail()).note).toBe('Ada!')
  })
})

describe('versions', () => {
  test('a document that somebody else saved meanwhile is refused', async () => {
    const { _id } = await Order.create({ customer: 'Ada' })
    const mine = await Order.findById(_id).orFail()
    const theirs = await Order.findById(_id).orFail()
    theirs.state = 'paid'
    await theirs.save()
    mine.note = 'late'
    expect(await failure(mine.save())).toMatchObject({ name: 'VersionError', version: 0 })
    expect(await Order.findById(_id).lean()).toMatchObject({ state: 'paid', __v: 1 })
  })

  test('of two who save at once, one is refused', async () => {
    const { _id } = await Order.create({ customer: 'Ada' })
    const copies = await Promise.all([1, 2, 3].map(() => Order.findById(_id).orFail()))
    const saved = await Promise.allSettled(
      copies.map((copy, index) => copy.set('note', `by ${index}`).save()),
    )
    expect(saved.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected', 'rejected'])
  })

  test('a document that is gone is not found', async () => {
    const order = await Order.create({ customer: 'Ada' })
    await Order.deleteOne({ _id: order._id })
    order.note = 'late'
    expect((await failure(order.save())).name).toMatch(/VersionError|DocumentNotFoundError/)
  })
})
