import { mixedSource } from './mixed_source.ts'
import type { Workload } from './workload.ts'

/**
 * Each key is a list; writes append to it, reads see all of it. A read tells who wrote what, and in
 * which order, so this finds the most. Source of the idea: Kingsbury, Alvaro: Elle (VLDB 2020).
 */
export const listAppend: Workload = {
  name: 'list-append',
  summary: 'lists that transactions append to and read',
  model: 'list-append',
  assumptions: {},
  source: (random) => mixedSource(random, (key, value) => ['append', key, value]),
  async prepare() {},
  intent: ([name, key, value]) =>
    name === 'append' ? [['append', key, value as number]] : [['r', key, null]],
  async perform([name, key, value], collection, session, { value: done }) {
    if (name === 'append') {
      const push = { $push: { list: value } }
      await collection.updateOne({ _id: key }, push, { session, upsert: true })
      done.push(['append', key, value as number])
      return
    }
    const found = await collection.findOne({ _id: key }, { session })
    done.push(['r', key, (found?.['list'] as number[] | undefined) ?? []])
  },
  complaints: () => [],
}
