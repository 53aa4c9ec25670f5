/**
 * The types that follow from a collection's schema: what may be inserted, what a filter and an
 * update may say, what comes back. They say what the driver's types of the same names say, so that
 * code typed for one compiles for the other.
 *
 * One rule is looser on purpose: a collection without a schema (`Document`) has an `_id` of any
 * type, where the driver assumes an ObjectId. So `findOne({ _id: 'x' })` needs no cast here.
 */
import type {
  Binary,
  BSONRegExp,
  Decimal128,
  Document,
  Double,
  Int32,
  Long,
  ObjectId,
  Timestamp,
} from 'bson'

export type { Document }

/** `Document`'s own value type: whatever a document without a schema may hold. */
type Anything = Document[string]

/** True for `Document` itself and for schemas that admit any field. */
type IsOpen<TSchema> = string extends keyof TSchema ? true : false

/** The type of `_id`: the schema's, else ObjectId, since that is what the client mints. */
export type InferIdType<TSchema> =
  IsOpen<TSchema> extends true
    ? TSchema extends { _id: infer Id }
      ? Id
      : Anything
    : TSchema extends { _id: infer Id }
      ? Id
      : TSchema extends { _id?: infer Id }
        ? unknown extends Id
          ? ObjectId
          : Id
        : ObjectId

/** `Omit` that keeps the members of a union apart and leaves open schemas as they are. */
type Without<TSchema, Key> =
  IsOpen<TSchema> extends true
    ? TSchema
    : TSchema extends unknown
      ? Pick<TSchema, Exclude<keyof TSchema, Key>>
      : never

/** A document as it comes back: it has an `_id`. */
export type WithId<TSchema> = Without<TSchema, '_id'> & { _id: InferIdType<TSchema> }

/** A document as a replacement: its `_id` is the replaced one's. */
export type WithoutId<TSchema> = Omit<TSchema, '_id'>

/** A document as it may be inserted: the client mints an `_id` that is missing. */
export type OptionalId<TSchema> = Without<TSchema, '_id'> & { _id?: InferIdType<TSchema> }

/** As `OptionalId`, unless the schema itself demands an `_id`. */
export type OptionalUnlessRequiredId<TSchema> = TSchema extends { _id: Anything }
  ? TSchema
  : OptionalId<TSchema>

type IntegerLike = number | Int32 | Long | bigint
type Numeric = IntegerLike | Decimal128 | Double

/** What equality with a field may be written as: its value, an element of its array, a regex. */
type Matchable<Value> =
  | Value
  | (Value extends readonly (infer Element)[] ? Element | TextPattern<Element> : never)
  | TextPattern<Value>
type TextPattern<Value> = Value extends string ? RegExp | BSONRegExp : never

export interface FilterOperators<Value> extends Document {
  $eq?: Value
  $ne?: Value
  $gt?: Value
  $gte?: Value
  $lt?: Value
  $lte?: Value
  $in?: readonly Value[]
  $nin?: readonly Value[]
  $not?: FilterOperators<Value> | RegExp
  $exists?: boolean
  $mod?: [number, number]
  $regex?: RegExp | BSONRegExp | string
  $options?: string
  $all?: readonly Anything[]
  $elemMatch?: Document
  $size?: number
  $bitsAllClear?: BitMask
  $bitsAllSet?: BitMask
  $bitsAnyClear?: BitMask
  $bitsAnySet?: BitMask
}
type BitMask = number | Binary | readonly number[]

export type Condition<Value> = Matchable<Value> | FilterOperators<Matchable<Value>>

export interface RootFilterOperators<TSchema> extends Document {
  $and?: Filter<TSchema>[]
  $or?: Filter<TSchema>[]
  $nor?: Filter<TSchema>[]
  $comment?: string | Document
}

/** A query filter. Dotted paths and operators that are not listed are allowed, unchecked. */
export type Filter<TSchema> =
  IsOpen<TSchema> extends true
    ? Document
    : { [Key in keyof WithId<TSchema>]?: Condition<WithId<TSchema>[Key]> } & RootFilterOperators<
        WithId<TSchema>
      >

/** Some of the fields by name, and any dotted path. */
type Fields<TSchema> = Readonly<Partial<TSchema>> & Document

/** The fields whose values are `Wanted`, each given `Operand`; and any dotted path. */
type FieldsHolding<TSchema, Wanted, Operand = Wanted> = {
  readonly [Key in keyof TSchema as NonNullable<TSchema[Key]> extends Wanted ? Key : never]?:
    | Operand
    | undefined
} & Document

/** An update by operators. */
export type UpdateFilter<TSchema> = {
  $set?: Fields<TSchema>
  $setOnInsert?: Fields<TSchema>
  $unset?: { readonly [Key in keyof TSchema]?: '' | true | 1 } & Document
  $inc?: FieldsHolding<TSchema, Numeric>
  $mul?: FieldsHolding<TSchema, Numeric>
  $min?: Fields<TSchema>
  $max?: Fields<TSchema>
  $rename?: Record<string, string>
  $currentDate?: FieldsHolding<TSchema, Date | Timestamp, true | { $type: 'date' | 'timestamp' }>
  $addToSet?: Document
  $push?: Document
  $pull?: Document
  $pullAll?: Document
  $pop?: FieldsHolding<TSchema, readonly Anything[], 1 | -1>
  $bit?: Document
} & Document

/** The type of an array's elements; of anything else, itself. What `distinct` returns. */
export type Flatten<Value> = Value extends readonly (infer Element)[] ? Element : Value
