import { invariant } from '../../invariant.ts'
import type { Choice, Granularity, Strategy, Task } from '../../sim/index.ts'
import { JOB, type Thread, TIME, threadOf } from '../schedule_text.ts'
import type { Picker } from '../strategies/picker.ts'
import type { ActorRun } from './actor_run.ts'

/** Hears of each step: who takes it, at which place of the schedule. */
export interface StepListener {
  step(thread: Thread, actor: ActorRun | undefined, at: number): void
}

/**
 * Between the scheduler, which knows tasks, and a picker, which knows threads. Outside of a
 * schedule (while the simulator is set up, and while invariants are checked) it lets the oldest go.
 */
export class Chooser implements Strategy {
  readonly granularity: Granularity
  /** Who went, step by step, in the schedule under way. */
  readonly picks: Thread[] = []
  listener: StepListener | undefined = undefined
  /** What the picker of the schedule under way threw. */
  refused: unknown = undefined
  #picker: Picker | undefined = undefined
  /** Actors that are generators and have not begun: that is no choice, since nobody can tell. */
  #toBegin = 0
  readonly #ready: Thread[] = []

  constructor(granularity: Granularity) {
    this.granularity = granularity
  }

  get offersTime(): boolean {
    return this.#picker !== undefined && this.#toBegin === 0 && this.#picker.offersTime
  }

  /** @param toBegin how many generators are about to be started */
  begin(picker: Picker, toBegin: number): void {
    this.picks.length = 0
    this.refused = undefined
    this.#picker = picker
    this.#toBegin = toBegin
  }

  end(): void {
    this.#picker = undefined
    this.listener = undefined
  }

  choose(choices: readonly Choice[]): number {
    const picker = this.#picker
    if (picker === undefined) return 0
    if (this.#toBegin > 0) return this.#next(choices)
    const ready = this.#ready
    for (let i = 0; i < choices.length; i++) ready[i] = threadAt(choices, i)
    const index = this.#pick(picker, choices.length)
    const thread = ready[index]
    invariant(thread !== undefined && index < choices.length, 'a picker picks one who is ready')
    const picked = choices[index]!
    const actor = picked.kind === 'task' ? ownerOf(picked.task) : undefined
    this.listener?.step(thread, actor, this.picks.length)
    this.picks.push(thread)
    if (actor !== undefined) actor.steps++
    return index
  }

  /** A picker that throws ends the simulation: see `Strategy.choose`. */
  #pick(picker: Picker, count: number): number {
    try {
      return picker.pick(this.#ready, count, this.picks.length)
    } catch (error) {
      this.refused = error
      throw error
    }
  }

  /** Generators begin in their order, up to what they first wait for. */
  #next(choices: readonly Choice[]): number {
    const index = choices.findIndex(
      (choice) => choice.kind === 'task' && ownerOf(choice.task)?.hasBegun === false,
    )
    invariant(index !== -1, 'a generator that was started is among the choices')
    const picked = choices[index]!
    if (picked.kind === 'task') {
      const actor = ownerOf(picked.task)!
      actor.hasBegun = true
      this.listener?.step(threadOf(actor.index, 0), actor, -1)
    }
    this.#toBegin--
    return index
  }
}

function ownerOf(task: Task): ActorRun | undefined {
  return task.owner as ActorRun | undefined
}

/** Several operations of one actor, or jobs of the server's own, are told apart by their age. */
function threadAt(choices: readonly Choice[], at: number): Thread {
  const choice = choices[at]!
  if (choice.kind === 'time') return TIME
  const owner = choice.task.owner
  let older = 0
  for (let i = 0; i < at; i++) {
    const other = choices[i]!
    if (other.kind === 'task' && other.task.owner === owner) older++
  }
  return owner === undefined ? JOB - older : threadOf((owner as ActorRun).index, older)
}
