import { checkOptions } from './check_options.ts'
import { counterexampleOf } from './counterexample.ts'
import { Exploration } from './exploration.ts'
import type { ExploreOptions } from './options.ts'
import type { ExploreReport } from './report.ts'
import { shrink } from './shrink.ts'

/**
 * Runs a program's actors under many schedules, and says whether each was well.
 *
 *     const report = await explore({
 *       setup: (client) => client.db().collection('stock').insertOne({ _id: 'x', left: 1 }),
 *       actors: { alice: buy, bob: buy },
 *       isolation: 'serializable',
 *     })
 *
 * @throws TypeError, RangeError for options that make no sense; what `setup` throws;
 *   ScheduleMismatchError for a `replay` of another program
 */
export async function explore<Given = unknown>(
  options: ExploreOptions<Given>,
): Promise<ExploreReport> {
  checkOptions(options)
  const exploration = await Exploration.begin(options)
  try {
    const found = await exploration.search()
    const counterexample =
      found === undefined
        ? undefined
        : await counterexampleOf(
            options,
            options.replay === undefined ? await shrink(exploration, found) : found,
          )
    return exploration.report(counterexample)
  } finally {
    await exploration.close()
  }
}
