/**
 * `bson`: values. What a value is, how values compare, add up, and turn into index keys.
 *
 * Built on the `bson` package's classes. Everything here is a pure function of its arguments: no
 * clock, no chance, no store. All but the door in (`copyIn`) expect *clean* values, which
 * `document.ts` defines, and never change what they are given: stored documents are immutable by
 * convention, and not frozen, because frozen copies cost V8 its fast form of objects.
 *
 * - `compareValues`, `equalValues`: BSON's order across all types.
 * - `encodeKeyString` and its bounds: that same order as one string per index key.
 * - `addNumbers`, `multiplyNumbers`: the server's arithmetic across number types.
 * - `parsePath`, `getPath`, `someValueAt`, `setPath`, `unsetPath`: dotted paths, to read, to match
 *   and to change by path copy.
 * - `copyIn`, `copyOut`: the doors between a caller's values and the store's.
 * - `measure`, `canonicalText`, `mintObjectId`: size and depth, text in messages, new ids.
 *
 * Imports nothing of the project but `src/invariant.ts`.
 */
export {
  addNumbers,
  decimalOfNumber,
  divideDecimal,
  divideNumbers,
  multiplyNumbers,
  remainderOfNumbers,
  subtractNumbers,
} from './arithmetic.ts'
export { compareValues, equalValues } from './compare.ts'
export { compareNumbers } from './compare_numbers.ts'
export { type CopyInOptions, copyIn, copyValueIn } from './copy_in.ts'
export { type CopyOutOptions, copyAllOut, copyOut, copyValueOut } from './copy_out.ts'
export {
  atan2OfDecimals,
  type DecimalFunctionName,
  decimalFunction,
  logarithmOfDecimal,
  powerOfDecimals,
  roundDecimal,
  roundDouble,
} from './decimal_functions.ts'
export {
  type BsonTag,
  type Document,
  isDocument,
  isInt32,
  tagOf,
} from './document.ts'
export { encodeIdKey, idKeyBound } from './id_key.ts'
export { type BoundSide, keyStringBound, keyStringTypeBound } from './key_bounds.ts'
export { type Direction, encodeField, encodeKeyString, encodeKeyValue } from './key_string.ts'
export { bigIntOf, longOf, longValue } from './longs.ts'
export { depthOf, type Measure, measure, sizeOf } from './measure.ts'
export {
  doubleOf,
  isNumeric,
  type Numeric,
  numberToDouble,
  toSafeInteger,
} from './numbers.ts'
export { compareBytes, compareObjectIds, mintObjectId, mintUuid } from './object_id.ts'
export { arrayIndexOf, fieldOf, getPath, type Path, parsePath } from './path.ts'
export { blockedDepth, setPath, unsetPath, withField, withoutField } from './path_copy.ts'
export { appendRecordId, keyWithoutRecordId, recordIdOf } from './record_id.ts'
export { compareStrings, utf8Length } from './strings.ts'
export { canonicalText, doubleText, typedNumberText } from './text.ts'
export { someLeafAt, someValueAt, type ValuePredicate, valuesAtPath } from './traverse.ts'
export {
  BSON_TYPES,
  type BsonType,
  canonicalOrder,
  canonicalOrderOfType,
  isTypeAlias,
  typeNameOf,
  typeNumber,
  typeOf,
  typeOfNumber,
} from './types.ts'
