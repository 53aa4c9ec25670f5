import {
  type BsonType,
  type Document,
  isDocument,
  isNumeric,
  numberToDouble,
  typeNameOf,
  typeOf,
} from '../bson/index.ts'
import { ServerError } from '../engine/index.ts'

/**
 * The fields a command knows, and the errors for fields it does not know or that have another type:
 * the rules that the server generates from its IDL files (idl_parser.cpp, basic_types.idl; 8.0).
 *
 * A field that is null or undefined counts as absent, except where the type says otherwise.
 */
export interface FieldRule {
  readonly accepts: (value: unknown) => boolean
  /** What error messages list; undefined for types whose own parser complains. */
  readonly expected: readonly BsonType[]
  /** Refuses a value of the wrong type in words of its own. */
  readonly refuse?: (name: string, value: unknown) => ServerError
  /** Refuses a value of the right type. */
  readonly validate?: (name: string, value: unknown) => ServerError | undefined
  /** What a command learns of it at a glance: the marks of the fields it has, joined. */
  readonly mark?: number
  /** Each element has this shape. */
  readonly elements?: FieldTable
}

/** Part of the envelope of every command, handled before the command sees it. */
export const ENVELOPE_MARK = 1
/** One of the fields that most commands of the kind do without. */
export const RARE_MARK = 2
/** Of the envelope, what says on which terms the command runs, and not in which session. */
export const TERMS_MARK = 4
/** What a client has heard of time elsewhere. */
export const GOSSIP_MARK = 8

export function marked<Rule extends FieldRule>(rule: Rule, mark: number): Rule {
  return { ...rule, mark }
}

export interface FieldTable {
  readonly rules: ReadonlyMap<string, FieldRule>
  readonly required: readonly string[]
  /** Whether fields without a rule are refused. */
  readonly strict: boolean
}

const NUMBERS: readonly BsonType[] = ['long', 'int', 'decimal', 'double']

const of = (accepts: (value: unknown) => boolean, ...expected: BsonType[]): FieldRule => ({
  accepts,
  expected,
})

const isInteger = (value: unknown): boolean => typeOf(value) === 'int'

/** A number from some value on, such as a limit or a size. */
const atLeast = (least: number): FieldRule => ({
  accepts: isNumeric,
  expected: NUMBERS,
  validate: (name, value) => {
    const actual = numberToDouble(value)
    if (actual >= least) return undefined
    const message = `BSON field '${name}' value must be >= ${least}, actual value '${actual}'`
    return new ServerError(51024, message)
  },
})

/** `limit` of a delete: 0 for all that match, 1 for one. */
const deleteLimit: FieldRule = {
  accepts: () => true,
  expected: [],
  validate: (_name, value) => {
    const limit = isNumeric(value) ? numberToDouble(value) : 0
    if (limit === 0 || limit === 1) return undefined
    const message = `The limit field in delete objects must be 0 or 1. Got ${limit}`
    return new ServerError('FailedToParse', message)
  },
}

/** A document where the server's own parser insists on one; its message lacks a space there too. */
const insistedObject: FieldRule = {
  accepts: isDocument,
  expected: [],
  refuse: (name) => new ServerError('TypeMismatch', `Expected field ${name}to be of type object`),
}

/** The types of fields, by the names that the IDL files give them. */
export const types = {
  any: of(() => true),
  bool: of((value) => typeof value === 'boolean', 'bool'),
  /** Numbers count as booleans too. */
  safeBool: of(
    (value) => typeof value === 'boolean' || isNumeric(value),
    'bool',
    'long',
    'int',
    'decimal',
    'double',
  ),
  int: of(isInteger, 'int'),
  long: of((value) => typeOf(value) === 'long', 'long'),
  safeInt: of(isNumeric, ...NUMBERS),
  notNegative: atLeast(0),
  positive: atLeast(1),
  deleteLimit,
  safeDouble: of(isNumeric, 'decimal', 'double', 'int', 'long'),
  string: of((value) => typeof value === 'string', 'string'),
  object: of(isDocument, 'object'),
  insistedObject,
  array: of(Array.isArray, 'array'),
  timestamp: of((value) => typeOf(value) === 'timestamp', 'timestamp'),
  binData: of((value) => typeOf(value) === 'binData', 'binData'),
  /** `u` of an update: operators, a replacement or a pipeline. */
  updateModification: {
    accepts: (value: unknown) => isDocument(value) || Array.isArray(value),
    expected: [],
    refuse: () =>
      new ServerError('FailedToParse', 'Update argument must be either an object or an array'),
  },
  hint: {
    accepts: (value: unknown) => typeof value === 'string' || isDocument(value),
    expected: [],
    refuse: () => new ServerError('FailedToParse', 'Hint must be a string or an object'),
  },
} as const satisfies Record<string, FieldRule>

/** An array whose elements are documents, of this shape where one is given. */
export function arrayOf(elements?: FieldTable): FieldRule {
  const table = elements ?? { rules: new Map(), required: [], strict: false }
  return { accepts: Array.isArray, expected: ['array'], elements: table }
}

export type FieldRules = Readonly<Record<string, FieldRule>>

export function fieldTable(
  rules: FieldRules,
  options: { readonly required?: readonly string[]; readonly strict?: boolean } = {},
): FieldTable {
  const { required = [], strict = true } = options
  return { rules: new Map(Object.entries(rules)), required, strict }
}

/**
 * Checks a command's fields against its table. The first field is the command's own and is skipped.
 *
 * @returns the marks of its fields, joined
 * @throws ServerError 40415 unknown, 40414 missing, 14 of the wrong type
 */
export function checkFields(command: Document, name: string, table: FieldTable): number {
  let isFirst = true
  let marks = 0
  for (const field in command) {
    if (isFirst) {
      isFirst = false
      continue
    }
    const rule = table.rules.get(field)
    if (rule === undefined) {
      if (table.strict) throw unknownField(name, field)
      continue
    }
    checkField(name, field, command[field], rule)
    marks |= rule.mark ?? 0
  }
  checkRequired(command, name, table)
  return marks
}

function checkField(path: string, field: string, value: unknown, rule: FieldRule): void {
  if (!rule.accepts(value)) {
    if (rule.refuse !== undefined) throw rule.refuse(field, value)
    if (value === null || value === undefined) return
    throw wrongType(path, field, value, rule.expected)
  }
  const invalid = rule.validate?.(field, value)
  if (invalid !== undefined) throw invalid
  if (rule.elements !== undefined) checkElements(path, field, value as unknown[], rule.elements)
}

function checkElements(path: string, field: string, values: unknown[], table: FieldTable): void {
  const { length } = values
  for (let i = 0; i < length; i++) {
    const value = values[i]
    if (!isDocument(value)) throw wrongType(`${path}.${field}`, String(i), value, ['object'])
    if (table.rules.size > 0) checkNested(value, path, field, table)
  }
}

function checkNested(document: Document, path: string, field: string, table: FieldTable): void {
  for (const name in document) {
    const rule = table.rules.get(name)
    if (rule === undefined) throw unknownField(`${path}.${field}`, name)
    const isPlain = rule.validate === undefined && rule.elements === undefined
    if (isPlain && rule.accepts(document[name])) continue
    checkField(`${path}.${field}`, name, document[name], rule)
  }
  for (const name of table.required) {
    const value = document[name]
    if (value === undefined || value === null) throw missingField(`${path}.${field}`, name)
  }
}

function checkRequired(command: Document, name: string, table: FieldTable): void {
  for (const field of table.required) {
    if (command[field] === undefined || command[field] === null) throw missingField(name, field)
  }
}

/** Checks an embedded document, such as `lsid`. */
export function checkDocumentFields(document: Document, path: string, table: FieldTable): void {
  for (const field in document) {
    const rule = table.rules.get(field)
    if (rule !== undefined) checkField(path, field, document[field], rule)
    else if (table.strict) throw unknownField(path, field)
  }
  checkRequired(document, path, table)
}

function unknownField(path: string, field: string): ServerError {
  return new ServerError(40415, `BSON field '${path}.${field}' is an unknown field.`)
}

function missingField(path: string, field: string): ServerError {
  return new ServerError(40414, `BSON field '${path}.${field}' is missing but a required field`)
}

function wrongType(
  path: string,
  field: string,
  value: unknown,
  expected: readonly BsonType[],
): ServerError {
  const wanted =
    expected.length === 1 ? `type '${expected[0]}'` : `types '[${expected.join(', ')}]'`
  return new ServerError(
    'TypeMismatch',
    `BSON field '${path}.${field}' is the wrong type '${typeNameOf(value)}', expected ${wanted}`,
  )
}
