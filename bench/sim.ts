/**
 * What the simulator itself costs: an operation that never suspends, one that sleeps and is jumped
 * to, a sleep of the application, a choice under a strategy. Run: `npx tsx bench/sim.ts`.
 *
 * CPU time of this process per operation, the best of several rounds, because the machine is
 * shared.
 */
import { AutoClock, type Operation, Scheduler, sleep, yieldPoints } from '../src/sim/index.ts'

const ROUNDS = 5

interface Subject {
  readonly name: string
  /** Operations a round. */
  readonly count: number
  run(count: number): void | Promise<void>
}

function* answer(): Operation<number> {
  return 42
}

function* skippingYieldPoints(exploring: boolean): Operation<number> {
  if (exploring) yield yieldPoints.beforeWrite
  if (exploring) yield yieldPoints.beforeCommit
  return 42
}

function* sleepTimes(count: number): Operation<void> {
  for (let i = 0; i < count; i++) yield sleep(5_000, 'backoff')
}

function* stopAtYieldPoints(count: number): Operation<void> {
  for (let i = 0; i < count; i++) yield yieldPoints.beforeWrite
}

const subjects: readonly Subject[] = [
  {
    name: 'a generator driven by hand (the limit)',
    count: 2_000_000,
    run(count) {
      for (let i = 0; i < count; i++) answer().next()
    },
  },
  {
    name: 'run() of an operation that never suspends',
    count: 2_000_000,
    run(count) {
      const scheduler = new Scheduler({ clock: new AutoClock(0) })
      for (let i = 0; i < count; i++) scheduler.run('answer', answer())
    },
  },
  {
    name: 'the same with two yield points skipped',
    count: 2_000_000,
    run(count) {
      const scheduler = new Scheduler({ clock: new AutoClock(0) })
      for (let i = 0; i < count; i++) {
        scheduler.run('answer', skippingYieldPoints(scheduler.exploring))
      }
    },
  },
  {
    name: 'run() of a plain value',
    count: 2_000_000,
    run(count) {
      const scheduler = new Scheduler({ clock: new AutoClock(0) })
      for (let i = 0; i < count; i++) scheduler.run('answer', i)
    },
  },
  {
    name: 'a sleep inside an operation, with its jump',
    count: 200_000,
    async run(count) {
      await new Scheduler({ clock: new AutoClock(0) }).run('sleeper', sleepTimes(count))
    },
  },
  {
    name: 'the same, ten operations side by side',
    count: 200_000,
    async run(count) {
      const scheduler = new Scheduler({ clock: new AutoClock(0) })
      const runs = Array.from({ length: 10 }, (_, i) =>
        scheduler.run(`sleeper ${i}`, sleepTimes(count / 10)),
      )
      await Promise.all(runs)
    },
  },
  {
    name: 'await clock.sleep(), with its macrotask',
    count: 20_000,
    async run(count) {
      const clock = new AutoClock(0)
      new Scheduler({ clock })
      for (let i = 0; i < count; i++) await clock.sleep(5)
      clock.stop()
    },
  },
  {
    name: 'a choice between two tasks under a strategy',
    count: 200_000,
    run(count) {
      const strategy = { offersTime: false, choose: () => 0 }
      const half = count / 2
      for (let left = half; left > 0; left -= 1_000) {
        const scheduler = new Scheduler({ clock: new AutoClock(0), strategy })
        scheduler.start('a', stopAtYieldPoints(1_000), fail)
        scheduler.start('b', stopAtYieldPoints(1_000), fail)
        scheduler.runToEnd()
      }
    },
  },
]

function fail(error: unknown): void {
  throw error
}

async function bestNs(subject: Subject): Promise<number> {
  let best = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) {
    const before = process.cpuUsage()
    await subject.run(subject.count)
    const { user, system } = process.cpuUsage(before)
    best = Math.min(best, ((user + system) * 1_000) / subject.count)
  }
  return best
}

for (const subject of subjects) {
  const ns = await bestNs(subject)
  console.log(`${subject.name.padEnd(46)} ${ns.toFixed(0).padStart(7)} ns`)
}
