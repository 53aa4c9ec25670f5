import { Decimal128, Double, Long, ObjectId, Timestamp, UUID } from 'bson'
import { expect, test } from 'vitest'
import { callText, shellText } from '../../src/cli/shell/shell_text.ts'

// How mongosh prints values: mongosh's documentation, "Data Types", and its own output.
test.each<[value: unknown, text: string]>([
  [{ _id: 'x', value: 8 }, "{ _id: 'x', value: 8 }"],
  [[{ _id: 'x' }], "[ { _id: 'x' } ]"],
  [{ w: Long.fromNumber(1015) }, "{ w: Long('1015') }"],
  [{ d: Decimal128.fromString('1.50') }, "{ d: Decimal128('1.50') }"],
  [{ at: new Date(0) }, "{ at: ISODate('1970-01-01T00:00:00.000Z') }"],
  [new ObjectId('0123456789abcdef01234567'), "ObjectId('0123456789abcdef01234567')"],
  [
    new UUID('ac8f6741-4ebb-4145-acb2-6b861a390c25'),
    "UUID('ac8f6741-4ebb-4145-acb2-6b861a390c25')",
  ],
  [new Timestamp({ t: 1, i: 2 }), 'Timestamp(1, 2)'],
  [{ u: { $inc: { value: 8 } } }, "{ u: { '$inc': { value: 8 } } }"],
  [null, 'null'],
  [undefined, 'undefined'],
  [{ n: new Double(1.5) }, '{ n: 1.5 }'],
])('%j is shown as %s', (value, text) => {
  expect(shellText(value)).toBe(text)
})

test('a call is one line, its operators without quotes', () => {
  const filter = { _id: 'x', note: 'as long as it takes to break a line in two'.repeat(2) }
  const text = callText('db.demo', 'updateOne', [filter, { $inc: { value: 8 } }])
  expect(text).not.toContain('\n')
  expect(text).toMatch(/^db\.demo\.updateOne\(\{ _id: 'x', .*\}, \{ \$inc: \{ value: 8 \} \}\)$/)
})
