/**
 * A type test, which `tsc --noEmit` checks: code written for the official driver compiles against
 * ours.
 *
 * Method by method, ours must be accepted where the driver's is expected: whatever may be passed to
 * the driver's may be passed to ours, and whatever ours returns will do where the driver's result
 * was expected. Classes with private members are only ever assignable to themselves, so those of
 * the driver's (`ClientSession`, `FindCursor`, ...) are first replaced by ours wherever they occur.
 *
 * What does not fit is listed, with its reason. The lists are exact: an entry that fits after all,
 * and a method that ceases to fit, are both errors.
 */
import type { EventEmitter } from 'node:events'
import type * as driver from 'mongodb'
import type * as own from '../../src/client/index.ts'

interface Order {
  _id: string
  customer: string
  total: number
  lines: { sku: string; count: number }[]
  placedAt?: Date
}

/** Every function matches it, without a use of `any`. */
type AnyFunction = (...args: never[]) => unknown

/** The driver's type, with ours in place of its classes, however deep. */
type Ours<T> =
  T extends Promise<infer V>
    ? Promise<Ours<V>>
    : T extends readonly unknown[]
      ? unknown[] extends T
        ? T
        : { [I in keyof T]: Ours<T[I]> }
      : T extends AnyFunction
        ? OursOfFunction<T>
        : T extends { session?: driver.ClientSession }
          ? Omit<T, 'session'> & { session?: own.ClientSession }
          : OursOfClass<T>

type OursOfClass<T> = T extends driver.MongoClient
  ? own.PalimpsestClient
  : T extends driver.Db
    ? own.Db
    : T extends driver.Admin
      ? own.Admin
      : T extends driver.Collection<infer D>
        ? own.Collection<D>
        : T extends driver.ClientSession
          ? own.ClientSession
          : T extends driver.BulkWriteResult
            ? own.BulkWriteResult
            : T extends driver.ChangeStream<infer _, infer C>
              ? own.ChangeStream<C>
              : OursOfCursor<T>

type OursOfCursor<T> =
  T extends driver.FindCursor<infer D>
    ? own.FindCursor<D>
    : T extends driver.AggregationCursor<infer D>
      ? own.AggregationCursor<D>
      : T extends driver.ListIndexesCursor
        ? own.ListIndexesCursor
        : T extends driver.ListCollectionsCursor<infer D>
          ? own.ListCollectionsCursor<D>
          : T extends driver.AbstractCursor<infer D>
            ? own.AbstractCursor<D>
            : T

type OursOfArguments<A extends readonly unknown[]> = { [I in keyof A]: Ours<A[I]> }

/** The overloads of a function, each with ours in place, as one type with all of them. */
type OursOfFunction<F extends AnyFunction> = F extends {
  (...args: infer A1): infer R1
  (...args: infer A2): infer R2
  (...args: infer A3): infer R3
  (...args: infer A4): infer R4
}
  ? unknown[] extends A1
    ? OursOfFewer<F>
    : Replaced<A1, R1> & Replaced<A2, R2> & Replaced<A3, R3> & Replaced<A4, R4>
  : OursOfFewer<F>

type OursOfFewer<F extends AnyFunction> = F extends {
  (...args: infer A1): infer R1
  (...args: infer A2): infer R2
}
  ? unknown[] extends A1
    ? Replaced<Parameters<F>, ReturnType<F>>
    : Replaced<A1, R1> & Replaced<A2, R2>
  : Replaced<Parameters<F>, ReturnType<F>>

type Replaced<A extends readonly unknown[], R> = (...args: OursOfArguments<A>) => Ours<R>

/** The members of ours that are not accepted where the driver's are expected. */
type Misfits<Mine, Theirs> = {
  [Key in keyof Mine & keyof Theirs]: Mine[Key] extends Ours<Theirs[Key]> ? never : Key
}[keyof Mine & keyof Theirs]

/** The members of the driver's that we do not have, but for those of an event emitter. */
type Missing<Mine, Theirs> = Exclude<keyof Theirs, keyof Mine | keyof EventEmitter>

type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : { fits: B }) : { misfit: A }
const proves = <_ extends true>(): void => undefined

// Fails where the proof proves nothing: a member that does not fit must be found.
type Wrong = { insertOne: (document: Order) => Promise<number> }
proves<Same<Misfits<Wrong, driver.Collection<Order>>, 'insertOne'>>()

// The driver's are instances of classes with methods of their own; ours are what commands carry.
proves<
  Same<Misfits<own.Collection<Order>, driver.Collection<Order>>, 'readConcern' | 'writeConcern'>
>()
proves<Same<Misfits<own.Db, driver.Db>, never>>()
proves<
  Same<
    Misfits<own.ClientSession, driver.ClientSession>,
    // As above; and what the driver's session pool asks of its own sessions.
    'defaultTransactionOptions' | 'serverSession'
  >
>()
// Options of a client without a network.
proves<Same<Misfits<own.PalimpsestClient, driver.MongoClient>, 'options'>>()
// One overload takes nothing but `timeoutMS`, which the driver ignores.
proves<Same<Misfits<own.FindCursor<Order>, driver.FindCursor<Order>>, 'explain'>>()
proves<Same<Misfits<own.AggregationCursor<Order>, driver.AggregationCursor<Order>>, 'explain'>>()
proves<Same<Misfits<own.ListIndexesCursor, driver.ListIndexesCursor>, never>>()
proves<Same<Misfits<own.Admin, driver.Admin>, never>>()
// Fewer events: those that tell of the driver's inner life are left out.
proves<Same<Misfits<own.ChangeStream<Order>, driver.ChangeStream<Order, Order>>, 'on' | 'off'>>()

// What we do not have: bulk operations built step by step, Atlas Search, getters of settings, and
// what the driver itself calls deprecated.
type StepwiseBulk = 'initializeOrderedBulkOp' | 'initializeUnorderedBulkOp'
type Search = `${'list' | 'create' | 'update' | 'drop'}SearchIndex${'' | 'es'}`
type Getters = 'bsonOptions' | 'hint' | 'options' | 'readPreference' | 'timeoutMS'
proves<
  Same<
    Exclude<Missing<own.Collection<Order>, driver.Collection<Order>>, Search>,
    StepwiseBulk | Getters | 'count' | 'indexInformation' | 'isCapped'
  >
>()
proves<
  Same<
    Missing<own.Db, driver.Db>,
    | Exclude<Getters, 'hint'>
    | ('indexInformation' | 'readConcern' | 'writeConcern' | 'secondaryOk')
    | ('removeUser' | 'runCursorCommand')
  >
>()
proves<
  Same<
    Missing<own.ClientSession, driver.ClientSession>,
    // Of the driver's connection pool and load balancers.
    'clientOptions' | 'incrementTransactionNumber' | 'isPinned' | 'loadBalanced'
  >
>()
proves<
  Same<
    Missing<own.PalimpsestClient, driver.MongoClient>,
    | 'appendMetadata'
    | 'bsonOptions'
    | 'readConcern'
    | 'readPreference'
    | 'serverApi'
    | 'timeoutMS'
    | 'writeConcern'
  >
>()
proves<
  Same<
    Missing<own.FindCursor<Order>, driver.FindCursor<Order>>,
    // `stream` makes a stream of Node's, which the simulator does without.
    | 'stream'
    | ('namespace' | 'readPreference' | 'readConcern' | 'loadBalanced')
    | ('count' | 'addQueryModifier')
  >
>()

/** An application's code, as it would be written for the driver. */
export async function placeOrder(orders: own.Collection<Order>, order: Order): Promise<string> {
  const { insertedId } = await orders.insertOne(order)
  const found = await orders.findOne({ _id: insertedId, total: { $gte: 0 }, customer: /a/ })
  await orders.updateOne(
    { _id: insertedId, 'lines.sku': 'x' },
    { $inc: { total: 1, 'lines.$.count': 1 }, $set: { customer: 'b' }, $unset: { placedAt: '' } },
  )
  for await (const each of orders.find({}, { sort: { total: -1 } }).limit(3)) each.lines.length
  return found?.customer ?? insertedId
}

/** Without a schema, values are whatever they are. */
export async function readValue(db: own.Db): Promise<number> {
  const found = await db.collection('stock').findOne({ _id: 'x' })
  return found?.['value'] + 1
}
