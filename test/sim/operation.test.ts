import { describe, expect, test } from 'vitest'
import {
  Interruptor,
  isOperation,
  type Operation,
  sleep,
  WaitQueue,
  wait,
  yieldPoints,
} from '../../src/sim/index.ts'

function* nothing(): Operation<void> {}

describe('isOperation', () => {
  const notOperations: [string, unknown][] = [
    ['a number', 1],
    ['null', null],
    ['undefined', undefined],
    ['a document', { next: 1 }],
    ['an array', [1]],
    ['a map', new Map()],
    ['a document with a method', { next: () => 1 }],
    ['a promise', Promise.resolve()],
    ['a function', nothing],
  ]
  test.each(notOperations)('%s is a value', (_, value) => {
    expect(isOperation(value)).toBe(false)
  })

  test('a generator is an operation', () => {
    expect(isOperation(nothing())).toBe(true)
  })
})

describe('suspensions', () => {
  test('a sleep drives time unless it says otherwise, and can be interrupted only where it says', () => {
    expect(sleep(5, 'backoff')).toEqual({
      kind: 'sleep',
      durationUs: 5,
      why: 'backoff',
      wake: 'driving',
      interruptor: undefined,
      describe: undefined,
    })
    expect(sleep(5, 'sweep', { wake: 'passive' }).wake).toBe('passive')
  })

  test('a wait is unbounded unless it says otherwise', () => {
    const queue = new WaitQueue('session')
    expect(wait(queue, 'check-out')).toMatchObject({ kind: 'wait', queue, timeoutUs: undefined })
    expect(wait(queue, 'check-out', { timeoutUs: 7 }).timeoutUs).toBe(7)
  })

  test('a yield point is named as its key says', () => {
    for (const [name, point] of Object.entries(yieldPoints)) {
      expect(point).toEqual({ kind: 'yieldPoint', name })
    }
  })
})

describe('Interruptor', () => {
  test('keeps the first reason', () => {
    const interruptor = new Interruptor()
    expect(interruptor.pending).toBeUndefined()
    interruptor.raise({ code: 11601, message: 'operation was interrupted' })
    interruptor.raise({ code: 50, message: 'operation exceeded time limit' })
    expect(interruptor.pending).toEqual({ code: 11601, message: 'operation was interrupted' })
  })

  test('wakes whoever is armed, once', () => {
    const interruptor = new Interruptor()
    let woken = 0
    interruptor.arm(() => woken++)
    interruptor.raise({ code: 50, message: '' })
    interruptor.raise({ code: 50, message: '' })
    expect(woken).toBe(1)
  })

  test('serves one suspension at a time', () => {
    const interruptor = new Interruptor()
    interruptor.arm(() => {})
    expect(() => interruptor.arm(() => {})).toThrow('one suspension at a time')
    interruptor.disarm()
    interruptor.arm(() => {})
  })
})
