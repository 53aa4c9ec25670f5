import { HistoryError, type Key, type Value } from '../../history/events.ts'

/** A value that is a small integer stands for itself; all others are numbered from here on. */
const NUMBERED_FROM = 0x4000_0000

/**
 * Which append is that of an element of a key: a hash table with open addressing over pairs of
 * integers. A `Map` for each key takes several times as long, and most of the time of judging.
 */
export class ElementTable {
  /** By slot: the number of an append, plus one. */
  readonly #slots: Int32Array
  readonly #mask: number
  /** By append: its key. */
  readonly keyOf: Int32Array
  readonly #value: Int32Array
  readonly #numbers = new Map<Value, number>()
  #count = 0

  /** @param appends so many elements will be added */
  constructor(appends: number) {
    // At most two thirds of the slots are taken.
    const size = 1 << (32 - Math.clz32(Math.max(Math.ceil(appends * 1.5), 4)))
    this.#slots = new Int32Array(size)
    this.#mask = size - 1
    this.keyOf = new Int32Array(appends)
    this.#value = new Int32Array(appends)
  }

  /** @returns the number of the append, counted from 0; -1 where the key has the element already */
  add(key: number, element: Value): number {
    const value = this.#numberOf(element)
    let slot = hash(key, value) & this.#mask
    for (let taken = this.#slots[slot]!; taken !== 0; taken = this.#slots[slot]!) {
      if (this.keyOf[taken - 1] === key && this.#value[taken - 1] === value) return -1
      slot = (slot + 1) & this.#mask
    }
    const append = this.#count++
    this.keyOf[append] = key
    this.#value[append] = value
    this.#slots[slot] = append + 1
    return append
  }

  /** @returns the number of the append, or -1 where nobody appended it */
  find(key: number, element: Value): number {
    const value = isSmall(element) ? element : (this.#numbers.get(element) ?? -1)
    if (value < 0) return -1
    let slot = hash(key, value) & this.#mask
    for (let taken = this.#slots[slot]!; taken !== 0; taken = this.#slots[slot]!) {
      if (this.keyOf[taken - 1] === key && this.#value[taken - 1] === value) return taken - 1
      slot = (slot + 1) & this.#mask
    }
    return -1
  }

  #numberOf(element: Value): number {
    if (isSmall(element)) return element
    let number = this.#numbers.get(element)
    if (number === undefined) {
      number = NUMBERED_FROM + this.#numbers.size
      if (number > 0x7fff_ffff) throw new HistoryError('too many different elements')
      this.#numbers.set(element, number)
    }
    return number
  }
}

function isSmall(element: Value): element is number {
  return (
    typeof element === 'number' &&
    element >= 0 &&
    element < NUMBERED_FROM &&
    (element | 0) === element
  )
}

function hash(key: number, value: number): number {
  const mixed = Math.imul(Math.imul(key, 0x9e37_79b1) ^ value, 0x85eb_ca6b)
  return mixed ^ (mixed >>> 15)
}

/** Numbers keys in the order in which they are met. */
export class KeyNumbers {
  readonly #byName = new Map<Key, number>()
  /** Of keys that are small integers, by that integer: the number plus one. */
  #byInteger = new Int32Array(16)

  /** @returns the number; equal to `known` where the key is new */
  numberOf(name: Key, known: number): number {
    if (typeof name === 'number' && name >= 0 && name < INTEGERS_MAX && (name | 0) === name) {
      if (name >= this.#byInteger.length) this.#grow(name)
      const number = this.#byInteger[name]!
      if (number > 0) return number - 1
      this.#byInteger[name] = known + 1
      return known
    }
    const number = this.#byName.get(name)
    if (number !== undefined) return number
    this.#byName.set(name, known)
    return known
  }

  #grow(integer: number): void {
    const larger = new Int32Array(1 << (32 - Math.clz32(integer)))
    larger.set(this.#byInteger)
    this.#byInteger = larger
  }
}

const INTEGERS_MAX = 1 << 22
