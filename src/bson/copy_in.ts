/**
 * The door in: what a caller hands over becomes a clean value of the store's own.
 *
 * The result is what the server would have received from the driver, as if serialised and read
 * back without promotion; so all that `bson`'s serialiser does happens here: `undefined` becomes
 * null (or is left out), functions and JavaScript symbols are left out, `toBSON` is asked, a Map
 * becomes a document, an invalid Date becomes the epoch, an unpaired surrogate becomes U+FFFD, and
 * cycles are refused. Nothing of the result is shared with the caller, who may go on changing what
 * was given.
 *
 * A RegExp is kept as `BSONRegExp`, whose flags are BSON's (`g` becomes `s`, as the driver has it).
 * `-0` stays the double that it is.
 */
import { Binary, BSONError, Code, type DBRef, Long, ObjectId } from 'bson'
import { copyDate, copyRegExp, copyScalar, refuseOtherVersions } from './copy_in_scalars.ts'
import { type Document, isBytes, isDate, isMap, isRegExp } from './document.ts'
import { isPlainName } from './names.ts'
import { define, withoutField } from './path_copy.ts'
import { isWellFormed, toWellFormed } from './strings.ts'

/** How to copy what BSON has no place for; the names are the driver's. */
export type CopyInOptions = {
  /** Leave out fields that are `undefined`, instead of storing null. Default: false. */
  readonly ignoreUndefined?: boolean | undefined
  /** Store functions as code, instead of leaving them out. Default: false. */
  readonly serializeFunctions?: boolean | undefined
}

/** What holds throughout one copy. */
type Context = CopyInOptions & {
  /** The containers that we are inside of, kept only from some depth on, to find cycles. */
  readonly path?: Set<object>
}

const DEFAULTS: Context = {}

/** Where a cycle could be at work: what is nested less deep ends by itself. */
const CYCLE_SUSPECTED_DEPTH = 100

/** Stands for a value that is left out. */
const ABSENT = Symbol('absent')
/** Says that the fast way of copying does not apply. */
const UNUSUAL = Symbol('unusual')

/**
 * Copies a document in.
 * @param shallow a spread copy of a plain document, `{ ...document }`, which becomes the result. A
 *   caller whose documents are of one kind is well advised to make it: V8 learns at each spread in
 *   the source which shapes come by, and after the fourth it copies field by field, six times as
 *   slowly, into an object of two parts.
 * @throws {BSONError} as the serialiser: no document, a cycle, a NUL in a name, an unknown type
 * @throws {BSONVersionError} for values of another major version of `bson`
 */
export function copyIn(
  document: unknown,
  options: CopyInOptions = DEFAULTS,
  shallow?: Document,
): Document {
  if (document === null || document === undefined) return {}
  if (typeof document !== 'object') {
    throw new BSONError('serialize does not support non-object as the root input')
  }
  if (Object.getPrototypeOf(document) !== Object.prototype) refuseRoot(document)
  else if (Object.hasOwn(document, '_bsontype')) refuseRoot(document)
  const isPlain = Object.getPrototypeOf(document) === Object.prototype
  if (shallow === undefined || !isPlain) return copyDocument(document, options, 0)
  const copy = copyFieldsOf(shallow, options, 0)
  return copy === UNUSUAL ? copyFieldByField(document, options, 0) : copy
}

/**
 * Copies a value in that is to be part of a document: a filter's operand, say.
 * @returns null for what a document would leave out
 */
export function copyValueIn(value: unknown, options: CopyInOptions = DEFAULTS): unknown {
  const copy = copyAny(value, options, 0)
  return copy === ABSENT || copy === undefined ? null : copy
}

function refuseRoot(document: object): void {
  if (Array.isArray(document)) {
    throw new BSONError('serialize does not support an array as the root input')
  }
  if (typeof (document as { _bsontype?: unknown })._bsontype === 'string') {
    throw new BSONError('BSON types cannot be serialized as a document')
  }
  const buffer = /^\[object (Shared)?ArrayBuffer\]$/.test(Object.prototype.toString.call(document))
  if (buffer || isDate(document) || isRegExp(document) || isBytes(document)) {
    throw new BSONError('date, regexp, typedarray, and arraybuffer cannot be BSON documents')
  }
}

/** Copies an object that stands for a document: plain, a Map, or an instance of some class. */
function copyDocument(source: object, context: Context, depth: number): Document {
  const plain = Object.getPrototypeOf(source) === Object.prototype
  const copy = plain ? copyPlain(source, context, depth) : UNUSUAL
  return copy === UNUSUAL ? copyFieldByField(source, context, depth) : copy
}

function copyPlain(source: object, context: Context, depth: number): Document | typeof UNUSUAL {
  if (depth >= CYCLE_SUSPECTED_DEPTH) return guarded(source, context, depth, copyFields)
  return copyFields(source, context, depth)
}

/**
 * The fast way, for plain documents whose fields are all stored: a spread copy, which V8 makes in
 * one go, mended where a value is no primitive. (It takes along properties named by symbols, which
 * nothing here can see.) All fields are looked at before the first one is descended into, so that
 * nothing is copied twice where the thorough way must be gone after all.
 */
function copyFields(source: object, context: Context, depth: number): Document | typeof UNUSUAL {
  return copyFieldsOf({ ...source }, context, depth)
}

function copyFieldsOf(copy: Document, context: Context, depth: number): Document | typeof UNUSUAL {
  let nested = false
  for (const name in copy) {
    if (!isPlainName(name)) return UNUSUAL
    const value = copy[name]
    switch (typeof value) {
      case 'string':
        if (!isWellFormed(value)) return UNUSUAL
        break
      case 'number':
      case 'boolean':
        break
      case 'object':
        if (value !== null) nested = true
        break
      default:
        return UNUSUAL
    }
  }
  return nested ? mendFields(copy, context, depth) : copy
}

/** Puts copies in the place of the caller's objects. */
function mendFields(fields: Document, context: Context, depth: number): Document {
  let copy = fields
  for (const name in fields) {
    const value = fields[name]
    if (typeof value !== 'object' || value === null) continue
    const inner = copyObject(value, context, depth + 1)
    if (isLeftOut(inner, context)) copy = withoutField(copy, name)
    else copy[name] = inner ?? null
  }
  return copy
}

function isLeftOut(copy: unknown, context: Context): boolean {
  return copy === ABSENT || (copy === undefined && context.ignoreUndefined === true)
}

/** The thorough way, for what is no plain document, has fields to leave out, or unusual names. */
function copyFieldByField(source: object, context: Context, depth: number): Document {
  if (depth >= CYCLE_SUSPECTED_DEPTH) return guarded(source, context, depth, copyEachField)
  return copyEachField(source, context, depth)
}

function copyEachField(source: object, context: Context, depth: number): Document {
  const copy: Document = {}
  if (isMap(source)) {
    for (const [name, value] of source) addField(copy, String(name), value, context, depth)
    return copy
  }
  const fields = fieldsOf(source)
  for (const name of Object.keys(fields)) addField(copy, name, fields[name], context, depth)
  return copy
}

/** What an object wants to be stored as. */
function fieldsOf(source: object): Document {
  if (!hasToBson(source)) return source as Document
  const fields = source.toBSON()
  if (fields !== null && fields !== undefined && typeof fields !== 'object') {
    throw new BSONError('toBSON function did not return an object')
  }
  return fields as Document
}

function addField(
  copy: Document,
  name: string,
  value: unknown,
  context: Context,
  depth: number,
): void {
  if (name.includes('\0')) throw new BSONError(`key ${name} must not contain null bytes`)
  const inner = copyAny(value, context, depth + 1)
  if (isLeftOut(inner, context)) return
  if (name === '__proto__') define(copy, name, inner ?? null)
  else copy[toWellFormed(name)] = inner ?? null
}

function copyArray(source: readonly unknown[], context: Context, depth: number): unknown[] {
  if (depth >= CYCLE_SUSPECTED_DEPTH) return guarded(source, context, depth, copyElements)
  return copyElements(source, context, depth)
}

function copyElements(source: readonly unknown[], context: Context, depth: number): unknown[] {
  const copy: unknown[] = []
  for (let index = 0; index < source.length; index++) {
    const inner = copyAny(source[index], context, depth + 1)
    if (inner !== ABSENT) copy.push(inner ?? null)
  }
  return copy
}

/** Copies a container deep down, where a cycle must be told from depth. */
function guarded<S extends object, C>(
  source: S,
  context: Context,
  depth: number,
  copy: (source: S, context: Context, depth: number) => C,
): C {
  const path = context.path ?? new Set()
  if (path.has(source)) throw new BSONError('Cannot convert circular structure to BSON')
  path.add(source)
  const result = copy(source, context.path === path ? context : { ...context, path }, depth)
  path.delete(source)
  return result
}

/** Copies any value; `undefined` stays as it is, for the caller to make of it what it must. */
function copyAny(value: unknown, context: Context, depth: number): unknown {
  switch (typeof value) {
    case 'string':
      return toWellFormed(value)
    case 'number':
    case 'boolean':
    case 'undefined':
      return value
    case 'bigint':
      return Long.fromBigInt(value)
    case 'object':
      return value === null ? null : copyObject(value, context, depth)
    case 'function':
      if (hasToBson(value)) return copyAny(value.toBSON(), context, depth)
      return context.serializeFunctions === true ? new Code(value.toString()) : ABSENT
    default:
      return ABSENT
  }
}

function hasToBson(value: object): value is { toBSON(): unknown } {
  return typeof (value as { toBSON?: unknown }).toBSON === 'function'
}

/** Copies what is no primitive; `depth` is that of its fields, if it has any. */
function copyObject(value: object, context: Context, depth: number): unknown {
  const prototype = Object.getPrototypeOf(value)
  if (prototype === Object.prototype) {
    const copy = copyPlain(value, context, depth)
    return copy === UNUSUAL ? copyUnusual(value, context, depth) : copy
  }
  if (prototype === ObjectId.prototype) return new ObjectId(value as ObjectId)
  if (prototype === Date.prototype) return copyDate(value as Date)
  return copyUnusual(value, context, depth)
}

/** Copies an object that is not plain in every respect, and none of the frequent classes. */
function copyUnusual(value: object, context: Context, depth: number): unknown {
  const stored = hasToBson(value) ? value.toBSON() : value
  if (typeof stored !== 'object' || stored === null) return copyAny(stored, context, depth)
  if (Array.isArray(stored)) return copyArray(stored, context, depth)
  const tag = (stored as { _bsontype?: unknown })._bsontype
  if (tag !== undefined && tag !== null) return copyTagged(stored, tag, context, depth)
  if (isDate(stored)) return copyDate(stored)
  if (isBytes(stored)) return new Binary(Uint8Array.from(stored))
  if (isRegExp(stored)) return copyRegExp(stored)
  return copyFieldByField(stored, context, depth)
}

/** Copies an instance of a `bson` class, of this copy of the package or another. */
function copyTagged(value: object, tag: unknown, context: Context, depth: number): unknown {
  refuseOtherVersions(value)
  if (tag === 'DBRef') return copyReference(value as DBRef, context, depth)
  return tag === 'Code' ? copyCode(value as Code, context, depth) : copyScalar(value, tag)
}

function copyCode(value: Code, context: Context, depth: number): Code {
  const { scope } = value
  if (!scope || typeof scope !== 'object') return new Code(toWellFormed(String(value.code)))
  return new Code(toWellFormed(value.code), copyDocument(scope, context, depth))
}

/** A DBRef is a document by convention; its fields leave out `undefined`, whatever the options. */
function copyReference(value: DBRef, context: Context, depth: number): Document {
  const database = value.db === null || value.db === undefined ? {} : { $db: value.db }
  const fields = { $ref: value.collection, $id: value.oid, ...database, ...value.fields }
  return copyDocument(fields, { ...context, ignoreUndefined: true }, depth)
}
