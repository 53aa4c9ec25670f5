import { type Call, conflict, id, ok } from './call.ts'

export const FIND_AND_MODIFY: readonly Call[] = [
  [
    'findOneAndUpdate',
    ({ things }) => things.findOneAndUpdate({ _id: id }, { $inc: { n: 1 } }),
    [{ ok: 1, value: { _id: id, n: 0 }, lastErrorObject: { n: 1, updatedExisting: true } }],
  ],
  [
    'findOneAndUpdate with options',
    ({ things }) =>
      things.findOneAndUpdate(
        { a: 1 },
        { $set: { b: 1 } },
        {
          sort: [['a', -1]],
          projection: { a: 1 },
          returnDocument: 'after',
          upsert: true,
          arrayFilters: [{ x: 1 }],
          hint: { a: 1 },
          collation: { locale: 'sv' },
          let: { y: 1 },
          comment: 'c',
          maxTimeMS: 3,
          bypassDocumentValidation: true,
          writeConcern: { w: 'majority' },
          includeResultMetadata: true,
        },
      ),
    [{ ok: 1, value: null, lastErrorObject: { n: 1, updatedExisting: false, upserted: id } }],
  ],
  ['findOneAndUpdate, none', ({ things }) => things.findOneAndUpdate({}, { $set: { a: 1 } }), [ok]],
  ['findOneAndUpdate, plain', ({ things }) => things.findOneAndUpdate({}, { a: 1 } as never), []],
  ['findOneAndUpdate, null', ({ things }) => things.findOneAndUpdate(null as never, {}), []],
  [
    'findOneAndReplace',
    ({ things }) => things.findOneAndReplace({ a: 1 }, { b: 1 }, { returnDocument: 'before' }),
    [{ ok: 1, value: { _id: id } }],
  ],
  ['findOneAndReplace, $', ({ things }) => things.findOneAndReplace({}, { $set: {} }), []],
  ['findOneAndReplace, null', ({ things }) => things.findOneAndReplace({}, null as never), []],
  [
    'findOneAndDelete',
    ({ things }) => things.findOneAndDelete({ a: 1 }, { sort: 'a', projection: { _id: 0 } }),
    [{ ok: 1, value: { a: 1 } }],
  ],
  ['findOneAndDelete, conflict', ({ things }) => things.findOneAndDelete({}), [conflict]],
]
