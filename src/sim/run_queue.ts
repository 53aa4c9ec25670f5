import type { Task } from './task.ts'

/** Those who can run now, and who of them goes next. */
export interface RunQueue {
  readonly size: number
  push(task: Task): void
  /** Lets those join who fall due at this very moment, where that matters. */
  gather(): void
  /**
   * Takes out who goes next; nobody where a strategy lets time pass instead, or nobody is there.
   */
  take(): Task | undefined
  /** Takes out everybody. */
  clear(): Task[]
}

/** First come, first served. */
export class FirstComeQueue implements RunQueue {
  readonly #tasks: (Task | undefined)[] = []
  /**
   * Those before it have left; taking one is a step of this index, not a move of all the others.
   */
  #head = 0

  get size(): number {
    return this.#tasks.length - this.#head
  }

  push(task: Task): void {
    this.#tasks.push(task)
  }

  /** Those who fall due come one by one, in the order of their wake-ups. */
  gather(): void {}

  take(): Task | undefined {
    if (this.#head === this.#tasks.length) return undefined
    const task = this.#tasks[this.#head]
    this.#tasks[this.#head++] = undefined
    if (this.#head === this.#tasks.length) {
      this.#tasks.length = 0
      this.#head = 0
    }
    return task
  }

  clear(): Task[] {
    const tasks: Task[] = []
    for (let task = this.take(); task !== undefined; task = this.take()) tasks.push(task)
    return tasks
  }
}
