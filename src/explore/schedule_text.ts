/**
 * Schedules as short strings. A schedule is who went next at each step:
 *
 *     a3b2a1     alice three times, bob twice, alice once
 *
 * Actors are letters in the order in which they were given, `a` to `z`, then `A` to `Z`; a number
 * behind one says how many steps it takes in a row, if more than one. `'` behind a letter stands
 * for its second operation that is ready at that moment, `''` for the third. `_` lets time pass,
 * `~` is a job of the server's own. Behind the end whoever went last goes on while it can, then the
 * first.
 *
 * `-c/` in front says that the third actor takes no part.
 */
const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ'

export const ACTORS_MAX: number = LETTERS.length

/** Lets time pass. */
export const TIME = -1
/** The first of the server's own jobs; the next one is one less. */
export const JOB = -2

/**
 * Who goes next: the number of an actor, plus `ACTORS_MAX` for each of its operations that are
 * ready and older; or `TIME`, or `JOB` and below.
 */
export type Thread = number

export function threadOf(actor: number, older: number): Thread {
  return actor + older * ACTORS_MAX
}

export function actorOf(thread: Thread): number {
  return thread < 0 ? thread : thread % ACTORS_MAX
}

/** Who takes no part, by number, and who goes next at each step. */
export interface Schedule {
  readonly without: ReadonlySet<number>
  readonly threads: readonly Thread[]
}

export function scheduleText({ without, threads }: Schedule): string {
  const left = [...without].sort((a, b) => a - b).map((actor) => LETTERS[actor]!)
  return left.length === 0 ? threadsText(threads) : `-${left.join('')}/${threadsText(threads)}`
}

export function threadsText(threads: readonly Thread[]): string {
  let text = ''
  for (let at = 0; at < threads.length; ) {
    const thread = threads[at]!
    let end = at + 1
    while (end < threads.length && threads[end] === thread) end++
    text += symbolOf(thread)
    if (end - at > 1) text += end - at
    at = end
  }
  return text
}

function symbolOf(thread: Thread): string {
  if (thread === TIME) return '_'
  if (thread <= JOB) return `~${"'".repeat(JOB - thread)}`
  return LETTERS[thread % ACTORS_MAX]! + "'".repeat(Math.floor(thread / ACTORS_MAX))
}

/** @throws RangeError for what is no schedule */
export function parseSchedule(text: string): Schedule {
  const left = /^-([a-zA-Z]+)\//.exec(text)
  const without = new Set([...(left?.[1] ?? '')].map((letter) => LETTERS.indexOf(letter)))
  const threads: Thread[] = []
  const token = /([a-zA-Z_~])('*)(\d*)/y
  token.lastIndex = left?.[0].length ?? 0
  while (token.lastIndex < text.length) {
    const from = token.lastIndex
    const found = token.exec(text)
    if (found === null) {
      throw new RangeError(`'${text}' is no schedule: nobody is called '${text[from]}'`)
    }
    const [, symbol, primes, count] = found as unknown as [string, string, string, string]
    const thread = threadOfSymbol(symbol, primes.length)
    const times = count === '' ? 1 : Number(count)
    if (times > 1_000_000) throw new RangeError(`'${text}' is no schedule: ${times} steps in a row`)
    for (let i = 0; i < times; i++) threads.push(thread)
  }
  return { without, threads }
}

function threadOfSymbol(symbol: string, older: number): Thread {
  if (symbol === '_') return TIME
  return symbol === '~' ? JOB - older : threadOf(LETTERS.indexOf(symbol), older)
}
