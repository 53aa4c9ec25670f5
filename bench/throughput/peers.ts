import Nedb from '@seald-io/nedb'
import Sqlite from 'better-sqlite3'
import Loki from 'lokijs'
import type { BenchDocument } from './documents.ts'
import type { Subject } from './subject.ts'

export async function nedb(): Promise<Subject> {
  const store = new Nedb()
  await store.ensureIndexAsync({ fieldName: 'k' })
  return {
    name: '@seald-io/nedb',
    insertOne: (document) => store.insertAsync(document as never),
    findById: (id) => store.findOneAsync({ _id: id }),
    increment: (id) => store.updateAsync({ _id: id }, { $inc: { n: 1 } }, {}),
    range: (from, to) => store.findAsync({ k: { $gte: from, $lt: to } }),
  }
}

export function lokijs(): Subject {
  const collection = new Loki('bench').addCollection<BenchDocument>('documents', {
    unique: ['_id'],
    indices: ['k'],
  })
  return {
    name: 'lokijs',
    note: 'hands out its live objects',
    insertOne: (document) => collection.insert({ ...document }),
    findById: (id) => collection.by('_id', id),
    increment(id) {
      const document = collection.by('_id', id) as BenchDocument
      document.n++
      collection.update(document)
    },
    range: (from, to) =>
      collection
        .chain()
        .find({ k: { $between: [from, to - 1] } })
        .data(),
  }
}

/** A document is a JSON text; what is indexed has a column of its own. Fields change in the text. */
export function sqlite(): Subject {
  const database = new Sqlite(':memory:')
  database.exec('create table documents (id text primary key, k integer, body text) without rowid')
  database.exec('create index by_k on documents (k)')
  const insert = database.prepare('insert into documents values (?, ?, ?)')
  const find = database.prepare('select body from documents where id = ?').pluck()
  const add = database.prepare(
    "update documents set body = json_set(body, '$.n', body ->> '$.n' + 1) where id = ?",
  )
  const range = database.prepare('select body from documents where k >= ? and k < ?').pluck()
  const read = (body: unknown): BenchDocument => JSON.parse(body as string) as BenchDocument
  const transfer = database.transaction((reads: readonly string[], writes: readonly string[]) => {
    for (const id of reads) read(find.get(id))
    for (const id of writes) add.run(id)
  })
  return {
    name: 'better-sqlite3',
    note: 'in memory, documents as JSON',
    insertOne: (document) => insert.run(document._id, document.k, JSON.stringify(document)),
    findById: (id) => read(find.get(id)),
    increment: (id) => add.run(id),
    range: (from, to) => range.all(from, to).map(read),
    transaction: (reads, writes) => transfer(reads, writes),
  }
}
