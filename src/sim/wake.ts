import type { Clock } from './clock.ts'
import type { Resumption, Sleep, Wait } from './operation.ts'
import type { Task } from './task.ts'
import type { Timer } from './timers.ts'

/** Told that a task may go on. */
export type Wakened = (task: Task, resumption: Resumption) => void

/**
 * What can end one suspension: a timer, a queue, an interruption. Whichever comes first takes the
 * others back and wakens the task, once.
 */
export class Wake {
  readonly #task: Task
  readonly #suspension: Sleep | Wait
  readonly #wakened: Wakened
  #timer: Timer | undefined = undefined
  #notified: (() => void) | undefined = undefined

  constructor(task: Task, suspension: Sleep | Wait, clock: Clock, wakened: Wakened) {
    this.#task = task
    this.#suspension = suspension
    this.#wakened = wakened
    if (suspension.kind === 'wait') {
      this.#notified = () => this.#end('ok')
      suspension.queue.add(this.#notified)
      if (suspension.timeoutUs !== undefined) {
        this.#timer = clock.schedule(suspension.timeoutUs, suspension.wake, () =>
          this.#end('timeout'),
        )
      }
    } else {
      this.#timer = clock.schedule(suspension.durationUs, suspension.wake, () => this.#end('ok'))
    }
    const interruptor = suspension.interruptor
    interruptor?.arm(() => this.#end(interruptor.pending ?? 'ok'))
  }

  #end(resumption: Resumption): void {
    this.#timer?.cancel()
    const suspension = this.#suspension
    if (suspension.kind === 'wait' && this.#notified !== undefined) {
      suspension.queue.remove(this.#notified)
    }
    suspension.interruptor?.disarm()
    this.#wakened(this.#task, resumption)
  }
}
