import { afterEach, beforeEach, expect, it } from 'vitest'
import { type Bench, makeBench } from '../harness.ts'

let bench: Bench
beforeEach(() => {
  bench = makeBench()
})
afterEach(() => bench.stop())

// Source: search_index_helpers.cpp: there is no search node
it.each([
  { createSearchIndexes: 'demo', indexes: [] },
  { updateSearchIndex: 'demo', name: 'x', definition: {} },
  { dropSearchIndex: 'demo', name: 'x' },
  { aggregate: 'demo', pipeline: [{ $listSearchIndexes: {} }], cursor: {} },
  { aggregate: 'demo', pipeline: [{ $search: { text: {} } }], cursor: {} },
])('%j needs Atlas', async (command) => {
  const { code, codeName, errmsg } = await bench.run(command)
  expect({ code, codeName }).toEqual({ code: 31082, codeName: 'SearchNotEnabled' })
  expect(errmsg).toContain('Please connect to Atlas')
})

it('fields are checked first', async () => {
  expect(await bench.run({ updateSearchIndex: 'demo' })).toMatchObject({ code: 40414 })
})
