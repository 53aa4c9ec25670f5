import type { Random } from '../../sim/index.ts'
import type { Picker } from './picker.ts'

/** Each step anybody who is ready, with equal chance. */
export class RandomPicker implements Picker {
  readonly offersTime = true
  readonly #random: Random

  constructor(random: Random) {
    this.#random = random
  }

  begin(): boolean {
    return true
  }

  pick(_ready: readonly number[], count: number): number {
    return count === 1 ? 0 : this.#random.uint32() % count
  }

  end(): void {}
}
