/**
 * A small shop, as one writes it with Mongoose: items, customers, orders. It knows nothing of
 * Palimpsest; `shop.test.ts` runs it there.
 */
import mongoose, { type HydratedDocument, Schema, type Types } from 'mongoose'

interface Item {
  _id: string
  price: number
  inStock: number
}

interface Customer {
  name: string
  email: string
  credit: number
}

interface OrderLine {
  sku: string
  count: number
}

interface Order {
  customer: Types.ObjectId
  lines: OrderLine[]
  total: number
  state: 'placed' | 'cancelled'
}

export const Item = mongoose.model(
  'Item',
  new Schema<Item>({ _id: String, price: Number, inStock: { type: Number, default: 0, min: 0 } }),
)

export const Customer = mongoose.model(
  'Customer',
  new Schema<Customer>({
    name: { type: String, required: true },
    email: { type: String, required: true, unique: true, lowercase: true },
    credit: { type: Number, default: 0 },
  }),
)

const orderSchema = new Schema<Order>(
  {
    customer: { type: Schema.Types.ObjectId, ref: 'Customer', required: true },
    lines: [{ _id: false, sku: { type: String, ref: 'Item' }, count: Number }],
    total: Number,
    state: { type: String, enum: ['placed', 'cancelled'], default: 'placed' },
  },
  // A document that somebody else has saved since it was read is refused.
  { timestamps: true, optimisticConcurrency: true },
)
orderSchema.index({ customer: 1, createdAt: -1 })
export const Order = mongoose.model('Order', orderSchema)

export class OrderRefused extends Error {
  override readonly name = 'OrderRefused'
}

/**
 * Takes items from the stock, money from the customer and writes an order, all or nothing. Mongoose
 * and the driver run the function again when it meets somebody else's write.
 *
 * @throws OrderRefused where there is too little of an item, or of the customer's credit
 */
export async function placeOrder(
  customer: Types.ObjectId,
  lines: readonly OrderLine[],
): Promise<HydratedDocument<Order>> {
  return mongoose.connection.transaction(async (session) => {
    let total = 0
    for (const { sku, count } of lines) {
      const item = await Item.findOneAndUpdate(
        { _id: sku, inStock: { $gte: count } },
        { $inc: { inStock: -count } },
        { session },
      )
      if (item === null) throw new OrderRefused(`There are no ${count} of ${sku} left.`)
      total += item.price * count
    }
    const payment = await Customer.updateOne(
      { _id: customer, credit: { $gte: total } },
      { $inc: { credit: -total } },
      { session },
    )
    if (payment.modifiedCount === 0) throw new OrderRefused(`A credit of ${total} is needed.`)
    const order = new Order({ customer, lines, total })
    return order.save({ session })
  })
}

/**
 * Gives everything back.
 *
 * @throws OrderRefused where it was cancelled already
 */
export async function cancelOrder(id: Types.ObjectId): Promise<void> {
  await mongoose.connection.transaction(async (session) => {
    const order = await Order.findById(id).session(session).orFail()
    if (order.state === 'cancelled') throw new OrderRefused('It was cancelled already.')
    order.state = 'cancelled'
    await order.save()
    for (const { sku, count } of order.lines) {
      await Item.updateOne({ _id: sku }, { $inc: { inStock: count } }, { session })
    }
    const { customer, total } = order
    await Customer.updateOne({ _id: customer }, { $inc: { credit: total } }, { session })
  })
}

/** A plain write: it waits for whoever is in its way. */
export async function restock(sku: string, count: number): Promise<void> {
  await Item.updateOne({ _id: sku }, { $inc: { inStock: count } }, { upsert: true })
}

/** What each customer has spent, the best first. */
export function turnover(): Promise<{ _id: Types.ObjectId; orders: number; spent: number }[]> {
  return Order.aggregate([
    { $match: { state: 'placed' } },
    { $group: { _id: '$customer', orders: { $sum: 1 }, spent: { $sum: '$total' } } },
    { $sort: { spent: -1 } },
  ]).exec()
}
