import BTreeModule from 'sorted-btree'
import type { BenchDocument, NestedDocument, Shape } from './documents.ts'
import type { Subject } from './subject.ts'

const BTree = BTreeModule.default

interface Box {
  document: BenchDocument
}

/**
 * What cannot be beaten without giving something up: a Map by id, a B-tree by `k`, and a copy of each
 * document in and out, written by hand for its shape. No versions, no conflicts, no queries.
 */
export function limit(shape: Shape): Subject {
  const byId = new Map<string, Box>()
  const byK = new BTree<number, Box>()
  const copy = shape === 'flat' ? copyFlat : copyNested
  const increment = (id: string) => {
    const box = byId.get(id) as Box
    box.document = { ...box.document, n: box.document.n + 1 }
  }
  return {
    name: 'limit: Map + B-tree',
    async insertOne(document) {
      const box = { document: copy(document) }
      byId.set(document._id, box)
      byK.set(document.k, box)
    },
    async findById(id) {
      return copy((byId.get(id) as Box).document)
    },
    async increment(id) {
      increment(id)
    },
    async range(from, to) {
      const found: BenchDocument[] = []
      byK.forRange(from, to, false, (_, box) => {
        found.push(copy(box.document))
      })
      return found
    },
    async transaction(reads, writes) {
      for (const id of reads) copy((byId.get(id) as Box).document)
      for (const id of writes) increment(id)
    },
  }
}

function copyFlat(document: BenchDocument): BenchDocument {
  return { ...document }
}

function copyNested(given: BenchDocument): NestedDocument {
  const document = given as NestedDocument
  return {
    ...document,
    address: { ...document.address, geo: { ...document.address.geo } },
    tags: [...document.tags],
    items: document.items.map((item) => ({ ...item })),
    history: document.history.map((entry) => ({ ...entry })),
  }
}
