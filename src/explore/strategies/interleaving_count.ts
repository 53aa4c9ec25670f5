import { actorOf, type Thread } from '../schedule_text.ts'

/**
 * How many interleavings a program has: of actors that each take the same number of steps in every
 * schedule that was seen, the multinomial coefficient. Where an actor takes now more steps and now
 * fewer (a conflict that it meets or not), nobody knows without counting them all.
 */
export class InterleavingCount {
  #steps: readonly number[] | undefined = undefined
  #varies = false

  add(picks: readonly Thread[]): void {
    if (this.#varies) return
    const steps: number[] = []
    for (const thread of picks) {
      if (thread < 0) {
        this.#varies = true
        return
      }
      const actor = actorOf(thread)
      while (steps.length <= actor) steps.push(0)
      steps[actor]!++
    }
    const known = this.#steps
    if (known === undefined) this.#steps = steps
    else if (known.length !== steps.length || known.some((count, at) => count !== steps[at])) {
      this.#varies = true
    }
  }

  get total(): number | undefined {
    if (this.#steps === undefined || this.#varies) return undefined
    let total = 1
    let placed = 0
    for (const count of this.#steps) {
      for (let i = 1; i <= count; i++) {
        placed++
        // Exact as long as the total is: each quotient is a binomial coefficient's step.
        total = (total * placed) / i
      }
    }
    return Math.round(total)
  }
}
