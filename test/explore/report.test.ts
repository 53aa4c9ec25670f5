import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import type { PalimpsestClient } from '../../src/client/index.ts'
import { explore, ScheduleMismatchError } from '../../src/explore/index.ts'
import { addingAsync, threeItems } from './programs.ts'

const nothing = async () => {}

describe('what else can be wrong with a schedule', () => {
  test('an invariant that breaks', async () => {
    const report = await explore({
      setup: threeItems,
      actors: { a: addingAsync(1), b: addingAsync(2) },
      async invariant(client) {
        const item = await client.db().collection<{ _id: string }>('items').findOne({ _id: 'x' })
        if ((item as { value?: number } | null)?.value !== 3) throw new Error('an update is lost')
      },
    })
    expect(report.counterexample).toMatchObject({
      kind: 'invariant',
      summary: 'the invariant broke: Error: an update is lost',
    })
  })

  test("an actor's own error, with the schedule that leads to it", async () => {
    const inserting = async (client: PalimpsestClient) => {
      const items = client.db().collection<{ _id: string }>('items')
      if ((await items.findOne({ _id: 'p' })) === null) await items.insertOne({ _id: 'p' })
    }
    const { counterexample } = await explore({
      setup: threeItems,
      actors: { a: inserting, b: inserting },
    })
    expect(counterexample?.kind).toBe('error')
    expect(counterexample?.summary).toMatch(/^[ab] ended with MongoServerError: E11000/)
  })

  test('a program that awaits something outside of the simulator', async () => {
    const { counterexample } = await explore({
      setup: threeItems,
      hangAfterMs: 100,
      actors: { a: addingAsync(1), stuck: () => new Promise<never>(() => {}) },
    })
    expect(counterexample?.kind).toBe('hang')
    expect(counterexample?.summary).toBe(
      'stuck awaits something outside of the simulator, before its first statement',
    )
  })

  test('a program that is not deterministic', async () => {
    let runs = 0
    const { counterexample } = await explore({
      setup: threeItems,
      actors: {
        async a(client: PalimpsestClient) {
          runs++
          await client.db().collection('items').insertOne({ runs })
          throw new Error('this ends it')
        },
      },
    })
    expect(counterexample?.kind).toBe('nondeterminism')
    expect(counterexample?.explanation).toContain('"runs":')
  })
})

test('what is not deterministic is found even where nothing else is wrong', async () => {
  let runs = 0
  const { ok, explored, counterexample } = await explore({
    setup: threeItems,
    actors: {
      async a(client: PalimpsestClient) {
        await client.db().collection('items').insertOne({ runs: runs++ })
      },
    },
  })
  expect({ ok, explored }).toEqual({ ok: false, explored: 0 })
  expect(counterexample?.kind).toBe('nondeterminism')
})

describe('options', () => {
  test.each([
    [{ actors: {} }, 'there is no actor to explore'],
    [
      { actors: { a: nothing }, strategy: 'luck' },
      "strategy is one of 'exhaustive', 'random', 'pct'",
    ],
    [{ actors: { a: nothing }, isolation: 'serialisable' }, 'isolation is one of'],
    [{ actors: { a: nothing }, schedules: 0 }, 'schedules is a whole number from 1 on'],
    [{ actors: { a: nothing }, iterations: 5 }, "explore knows no option 'iterations'"],
    [{ actors: { a: nothing }, replay: 'a2?' }, "nobody is called '?'"],
  ])('%o are refused', async (options, message) => {
    await expect(explore(options as never)).rejects.toThrow(message)
  })

  test('a schedule of another program is refused', async () => {
    const actors = { a: addingAsync(1) }
    const replaying = explore({ setup: threeItems, actors, replay: 'a2b' })
    await expect(replaying).rejects.toThrow(ScheduleMismatchError)
  })
})

test('a schedule replays byte for byte, in another process too', async () => {
  const script = `
    import { explore } from './src/explore/index.ts'
    import { goingOffCall, twoOnCall } from './test/explore/programs.ts'
    const actors = { alice: goingOffCall('alice'), bob: goingOffCall('bob') }
    const { counterexample } = await explore({
      setup: twoOnCall, actors, isolation: 'serializable', seed: 7, strategy: 'random',
    })
    process.stdout.write(counterexample.schedule + '\\n' + counterexample.trace)
  `
  const cwd = fileURLToPath(new URL('../..', import.meta.url))
  const run = () =>
    execFileSync(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
      cwd,
      encoding: 'utf8',
    })
  const first = run()
  expect(first.split('\n').length).toBeGreaterThan(10)
  expect(run()).toBe(first)
})
