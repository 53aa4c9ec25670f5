/**
 * The anomalies of Hermitage (https://github.com/ept/hermitage, by Martin Kleppmann), each as a
 * golden schedule in transactions: prevented or allowed as snapshot isolation says, where the first
 * updater wins and the second one fails at once. The judge sees what was read and written, and has
 * to name exactly what a schedule's second line says that it allows. `-u` writes what happened
 * anew, as for the other schedules of the server; what is allowed is not written by anybody.
 */
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { renderSchedules } from '../server/schedule.ts'
import { JudgingOnlooker } from './judging_onlooker.ts'

const FOLDER = new URL('../scripts/server/hermitage/', import.meta.url)

/** Each of Hermitage's, and what snapshots allow of it. */
const ANOMALIES: Readonly<Record<string, readonly string[]>> = {
  g0: ['nothing'],
  g1a: ['nothing'],
  g1b: ['nothing'],
  // No cycle of wr edges; but that both miss what the other writes is a write skew.
  g1c: ['G2-item'],
  otv: ['nothing', 'nothing'],
  pmp: ['nothing', 'nothing', 'nothing'],
  p4: ['nothing', 'nothing', 'nothing', 'nothing'],
  g_single: ['nothing', 'nothing', 'nothing', 'nothing', 'nothing'],
  g2_item: ['G2-item', 'nothing'],
  // By a predicate; then with two edges and a reader that makes the whole not serializable.
  g2: ['G2', 'G2-item'],
}

it('all of them are there', () => {
  const files = readdirSync(FOLDER).map((name) => name.replace('.schedule', ''))
  expect(files.sort()).toEqual(Object.keys(ANOMALIES).sort())
})

describe.each(Object.entries(ANOMALIES))('%s', (name, allowed) => {
  const file = new URL(`${name}.schedule`, FOLDER)
  const rendered = renderSchedules(
    readFileSync(file, 'utf8'),
    (bench) => new JudgingOnlooker(bench),
  )

  it('goes as the file says', async () => {
    await expect(await rendered).toMatchFileSnapshot(file.pathname)
  })

  it(`allows ${allowed.join(', then ')}`, async () => {
    const schedules = (await rendered).split('\n===\n')
    expect(schedules.map((text) => /^# allows: (.+)$/m.exec(text)?.[1])).toEqual(allowed)
    expect(schedules.map(namedByJudge)).toEqual(allowed)
  })
})

function namedByJudge(schedule: string): string {
  const named = [...schedule.matchAll(/^judge: ([\w-]+): /gm)].map(([, type]) => type)
  const isSerializable = /^judge: serializable$/m.test(schedule)
  expect(isSerializable).toBe(named.length === 0)
  return isSerializable ? 'nothing' : named.join(', ')
}
