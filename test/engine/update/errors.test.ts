import { Long } from 'bson'
import { describe, expect, it } from 'vitest'
import type { Document } from '../../../src/bson/index.ts'
import { compileUpdate } from '../../../src/engine/update/index.ts'
import { applyUpdate, failureOf } from './apply.ts'

// Messages: server, update_driver.cpp, update_object_node.cpp, field_checker.cpp and the operators'
// own
// *_node.cpp in src/mongo/db/update (8.0)
describe('updates that can not be compiled', () => {
  it.each<[unknown, number, string]>([
    [
      { $foo: { a: 1 } },
      9,
      'Unknown modifier: $foo. Expected a valid update modifier or pipeline-style update specified as an array',
    ],
    [
      { $set: { a: 1 }, b: 1 },
      9,
      'Unknown modifier: b. Expected a valid update modifier or pipeline-style update specified as an array',
    ],
    [
      { $set: 1 },
      9,
      'Modifiers operate on fields but we found type int instead. For example: {$mod: {<field>: ...}} not {$set: 1}',
    ],
    [
      { $inc: [] },
      9,
      'Modifiers operate on fields but we found type array instead. For example: {$mod: {<field>: ...}} not {$inc: []}',
    ],
    [5, 9, 'Update argument must be either an object or an array'],
    [{ $set: { '': 1 } }, 56, 'An empty update path is not valid.'],
    [
      { $set: { 'a..b': 1 } },
      56,
      "The update path 'a..b' contains an empty field name, which is not allowed.",
    ],
    [
      { $set: { 'a.': 1 } },
      56,
      "The update path 'a.' contains an empty field name, which is not allowed.",
    ],
    [
      { $set: { a: 1 }, $inc: { a: 1 } },
      40,
      "Updating the path 'a' would create a conflict at 'a'",
    ],
    [{ $set: { a: 1, 'a.b': 1 } }, 40, "Updating the path 'a.b' would create a conflict at 'a'"],
    [{ $set: { 'a.b': 1, a: 1 } }, 40, "Updating the path 'a' would create a conflict at 'a'"],
    [
      { $set: { 'a.b.c': 1 }, $unset: { 'a.b': 1 } },
      40,
      "Updating the path 'a.b' would create a conflict at 'a.b'",
    ],
    [
      { $set: { b: 1 }, $rename: { a: 'b' } },
      40,
      "Updating the path 'b' would create a conflict at 'b'",
    ],
    [
      { $rename: { a: 'b' }, $set: { 'a.x': 1 } },
      40,
      "Updating the path 'a.x' would create a conflict at 'a'",
    ],
    [
      { $set: { a: 1, 'a.b': 1 }, $foo: {} },
      40,
      "Updating the path 'a.b' would create a conflict at 'a'",
    ],
    [{ $inc: { a: 'x' } }, 14, 'Cannot increment with non-numeric argument: {a: "x"}'],
    [{ $mul: { a: null } }, 14, 'Cannot multiply with non-numeric argument: {a: null}'],
    [
      { $currentDate: { a: 1 } },
      2,
      "int is not valid type for $currentDate. Please use a boolean ('true') or a $type expression" +
        " ({$type: 'timestamp/date'}).",
    ],
    [{ $currentDate: { a: { x: 1 } } }, 2, 'Unrecognized $currentDate option: x'],
    [
      { $currentDate: { a: { $type: 'x' } } },
      2,
      "The '$type' string field is required to be 'date' or 'timestamp': {$currentDate: {field : {$type: 'date'}}}",
    ],
    [{ $rename: { a: 1 } }, 2, "The 'to' field for $rename must be a string: a: 1"],
    [{ $rename: { a: 'a' } }, 2, 'The source and target field for $rename must differ: a: "a"'],
    [
      { $rename: { a: 'a.b' } },
      2,
      'The source and target field for $rename must not be on the same path: a: "a.b"',
    ],
    [
      { $rename: { a: 'b\0' } },
      2,
      "The 'to' field for $rename cannot contain an embedded null byte",
    ],
    [{ $rename: { a: '' } }, 56, 'An empty update path is not valid.'],
    [
      { $push: { a: { $each: 1 } } },
      2,
      'The argument to $each in $push must be an array but it was of type: int',
    ],
    [{ $push: { a: { $each: [], $foo: 1 } } }, 2, 'Unrecognized clause in $push: $foo'],
    [
      { $push: { a: { $each: [], $slice: 'x' } } },
      2,
      'The value for $slice must be an integer value but was given type: string',
    ],
    [
      { $push: { a: { $each: [], $position: 1.5 } } },
      2,
      'The value for $position must be an integer value, not of type: double',
    ],
    [
      { $push: { a: { $each: [], $sort: 2 } } },
      2,
      'The $sort element value must be either 1 or -1',
    ],
    [
      { $push: { a: { $each: [], $sort: 'x' } } },
      2,
      'The $sort is invalid: use 1/-1 to sort the whole element, or {field:1/-1} to sort embedded fields',
    ],
    [
      { $push: { a: { $each: [], $sort: {} } } },
      2,
      'The $sort pattern is empty when it should be a set of fields.',
    ],
    [
      { $addToSet: { a: { $each: 1 } } },
      14,
      'The argument to $each in $addToSet must be an array but it was of type int',
    ],
    [
      { $addToSet: { a: { $each: [], x: 1 } } },
      2,
      'Found unexpected fields after $each in $addToSet: { $each: [], x: 1 }',
    ],
    [{ $pop: { a: 2 } }, 9, '$pop expects 1 or -1, found: 2'],
    [{ $pop: { a: 'x' } }, 9, 'Expected a number in: a: "x"'],
    [{ $pull: { a: { $foo: 1, $gt: 1 } } }, 2, 'unknown top level operator: $foo.'],
    [{ $pullAll: { a: 1 } }, 2, '$pullAll requires an array argument but was given a int'],
    [
      { $bit: { a: 5 } },
      2,
      'The $bit modifier is not compatible with a int. You must pass in an embedded document: {$bit: {field: {and/or/xor: #}}',
    ],
    [
      { $bit: { a: {} } },
      2,
      'You must pass in at least one bitwise operation. The format is: {$bit: {field: {and/or/xor: #}}',
    ],
    [
      { $bit: { a: { not: 1 } } },
      2,
      "The $bit modifier only supports 'and', 'or', and 'xor', not 'not' which is an unknown operator: {not: 1}",
    ],
    [
      { $bit: { a: { and: 1.5 } } },
      2,
      "The $bit modifier field must be an Integer(32/64 bit); a 'double' is not supported here: {and: 1.5}",
    ],
    [{ $set: { 'a.$.$': 1 } }, 2, "Too many positional (i.e. '$') elements found in path 'a.$.$'"],
    [
      { $set: { '$.a': 1 } },
      2,
      "Cannot have positional (i.e. '$') element in the first position in path '$.a'",
    ],
    [
      { $set: { '$[].a': 1 } },
      2,
      "Cannot have array filter identifier (i.e. '$[<id>]') element in the first position in path '$[].a'",
    ],
    [{ $set: { 'a.$[x]': 1 } }, 2, "No array filter found for identifier 'x' in path 'a.$[x]'"],
    [
      { $set: { 'a.$[]': 1, 'a.0': 1 } },
      40,
      "Updating the path 'a.0' would create a conflict at 'a'",
    ],
    [{ $rename: { 'a.$': 'b' } }, 2, 'The source field for $rename may not be dynamic: a.$'],
    [{ $rename: { a: 'b.$[]' } }, 2, 'The destination field for $rename may not be dynamic: b.$[]'],
  ])('%j', (update, code, message) => {
    const failure = failureOf(() => compileUpdate(update))
    expect(failure.code).toBe(code)
    expect(failure.message.startsWith(message)).toBe(true)
  })

  it('several documents by a replacement', () => {
    expect(failureOf(() => compileUpdate({ a: 1 }, { multi: true }))).toEqual({
      code: 9,
      codeName: 'FailedToParse',
      message: 'multi update is not supported for replacement-style update',
    })
    expect(compileUpdate({ $set: { a: 1 } }, { multi: true }).kind).toBe('operators')
  })
})

// Messages: server, path_support.cpp, modifier_node.cpp, rename_node.cpp, the operators'
// *_node.cpp,
// storage_validation.cpp, object_replace_executor.cpp (8.0)
describe('updates that do not go with the document', () => {
  it.each<[Document, Document, number, string]>([
    [{ _id: 1, a: 5 }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: 5}"],
    [{ a: null }, { $inc: { 'a.b.c': 1 } }, 28, "Cannot create field 'b' in element {a: null}"],
    [
      { a: { b: 'x' } },
      { $set: { 'a.b.c.d': 1 } },
      28,
      `Cannot create field 'c' in element {b: "x"}`,
    ],
    [{ a: [1] }, { $set: { 'a.b': 1 } }, 28, "Cannot create field 'b' in element {a: [ 1 ]}"],
    [{ a: [1] }, { $set: { 'a.0.b': 1 } }, 28, "Cannot create field 'b' in element {0: 1}"],
    [{ a: [] }, { $set: { 'a.2000000': 1 } }, 34, "can't backfill more than 1500000 elements"],
    [
      { a: 5 },
      { $pop: { 'a.b': 1 } },
      28,
      'Cannot use the part (b) of (a.b) to traverse the element ({a: 5})',
    ],
    [
      { a: [1] },
      { $pull: { 'a.b': 1 } },
      28,
      'Cannot use the part (b) of (a.b) to traverse the element ({a: [ 1 ]})',
    ],
    [
      { _id: 1, a: 'x' },
      { $inc: { a: 1 } },
      14,
      "Cannot apply $inc to a value of non-numeric type. {_id: 1} has the field 'a' of non-numeric type string",
    ],
    [
      { _id: 'id', b: { a: [] } },
      { $mul: { 'b.a': 1 } },
      14,
      `Cannot apply $mul to a value of non-numeric type. {_id: "id"} has the field 'a' of non-numeric type array`,
    ],
    [
      { _id: 1, a: Long.MAX_VALUE },
      { $inc: { a: 1 } },
      2,
      'Failed to apply $inc operations to current value ((NumberLong)9223372036854775807) for document {_id: 1}',
    ],
    [
      { _id: 1, a: 2 },
      { $mul: { a: Long.MAX_VALUE } },
      2,
      'Failed to apply $mul operations to current value ((NumberInt)2) for document {_id: 1}',
    ],
    [
      { _id: 1, a: 'x' },
      { $push: { a: 1 } },
      2,
      "The field 'a' must be an array but is of type string in document {_id: 1}",
    ],
    [
      { a: 'x' },
      { $push: { a: 1 } },
      2,
      "The field 'a' must be an array but is of type string in document {no id}",
    ],
    [
      { a: { b: 1 } },
      { $addToSet: { 'a.b': 1 } },
      2,
      "Cannot apply $addToSet to non-array field. Field named 'b' has non-array type int",
    ],
    [{ a: 1 }, { $pop: { a: 1 } }, 14, "Path 'a' contains an element of non-array type 'int'"],
    [{ a: 1 }, { $pull: { a: 1 } }, 2, 'Cannot apply $pull to a non-array value'],
    [{ a: 1 }, { $pullAll: { a: [1] } }, 2, 'Cannot apply $pull to a non-array value'],
    [
      { _id: 1, a: 1.5 },
      { $bit: { a: { and: 1 } } },
      2,
      'Cannot apply $bit to a value of non-integral type._id: 1 has the field a of non-integer type double',
    ],
    [
      { _id: 1 },
      { $set: { _id: 2 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: 1 },
      { $unset: { _id: 1 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: 1 },
      { $inc: { _id: 1 } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: 1 },
      { $rename: { _id: 'a' } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: 1, a: 2 },
      { $rename: { a: '_id' } },
      66,
      "Performing an update on the path '_id' would modify the immutable field '_id'",
    ],
    [
      { _id: { x: 1 } },
      { $set: { '_id.x': 2 } },
      66,
      "Performing an update on the path '_id.x' would modify the immutable field '_id'",
    ],
    [
      { _id: { x: { z: 1 } } },
      { $set: { '_id.x.y': 2 } },
      66,
      "Updating the path '_id.x' to x: { z: 1, y: 2 } would modify the immutable field '_id'",
    ],
    [
      { _id: { x: [1] } },
      { $set: { '_id.x.0': 2 } },
      66,
      "Performing an update on the path '_id.x.0' would modify the immutable field '_id'",
    ],
    [
      { a: 1 },
      { $rename: { 'a.b': 'c' } },
      28,
      'cannot use the part (a of a.b) to traverse the element ({a: 1})',
    ],
    [
      { _id: 1, a: [{ b: 1 }] },
      { $rename: { 'a.0.b': 'c' } },
      2,
      "The source field cannot be an array element, 'a.0.b' in doc with _id: 1 has an array field called 'a'",
    ],
    [
      { _id: 1, a: [1], c: 1 },
      { $rename: { c: 'a.0' } },
      2,
      "The destination field cannot be an array element, 'a.0' in doc with _id: 1 has an array field called 'a'",
    ],
    [{ a: 1, b: 2 }, { $rename: { a: 'b.c' } }, 28, "Cannot create field 'c' in element {b: 2}"],
    [
      { _id: 1 },
      { $set: { $a: 1 } },
      52,
      "The dollar ($) prefixed field '$a' in '$a' is not allowed in the context of an update's replacement" +
        ' document. Consider using an aggregation pipeline with $replaceWith.',
    ],
    [
      { _id: 1 },
      { $inc: { '$a.b': 1 } },
      52,
      "The dollar ($) prefixed field '$a' in '$a' is not allowed in the context of an update's replacement" +
        ' document. Consider using an aggregation pipeline with $replaceWith.',
    ],
    [
      { _id: 1 },
      { $set: { $ref: 'x' } },
      55,
      'The DBRef $ref field must be followed by a $id field',
    ],
    [
      { _id: 1 },
      { $set: { $id: 'x' } },
      55,
      'Found $id field without a $ref before it, which is invalid.',
    ],
    [{ _id: 1 }, { $set: { $db: 5 } }, 55, 'The DBRef $db field must be a String, not a int'],
    [
      { _id: 1 },
      { _id: 2, a: 1 },
      66,
      "After applying the update, the (immutable) field '_id' was found to have been altered to _id: 2",
    ],
    [
      { _id: 1 },
      { _id: [1] },
      54,
      "After applying the update to the document, the (immutable) field '_id' was found to be an array or" +
        ' array descendant.',
    ],
    [
      { _id: 1 },
      { a: 1, $b: 1 },
      52,
      "The dollar ($) prefixed field '$b' in '$b' is not allowed in the context of an update's replacement" +
        ' document. Consider using an aggregation pipeline with $replaceWith.',
    ],
  ])('%j by %j', (document, update, code, message) => {
    expect(failureOf(() => applyUpdate(document, update))).toMatchObject({ code, message })
  })
})
