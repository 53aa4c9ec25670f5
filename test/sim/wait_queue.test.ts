import { expect, test } from 'vitest'
import { WaitQueue } from '../../src/sim/index.ts'

function threeWaiters() {
  const queue = new WaitQueue('session')
  const woken: string[] = []
  const wakes = ['a', 'b', 'c'].map((name) => () => woken.push(name))
  for (const wake of wakes) queue.add(wake)
  return { queue, woken, wakes }
}

test('first come, first served', () => {
  const { queue, woken } = threeWaiters()
  queue.notifyOne()
  expect(woken).toEqual(['a'])
  queue.notifyAll()
  expect(woken).toEqual(['a', 'b', 'c'])
  expect(queue.size).toBe(0)
})

test('who gave up is not woken', () => {
  const { queue, woken, wakes } = threeWaiters()
  queue.remove(wakes[0]!)
  queue.notifyOne()
  expect(woken).toEqual(['b'])
  expect(queue.size).toBe(1)
})

test('who waits again while everybody is woken waits for the next time', () => {
  const queue = new WaitQueue('lock')
  let woken = 0
  const again = () => {
    woken++
    queue.add(again)
  }
  queue.add(again)
  queue.notifyAll()
  expect(woken).toBe(1)
  expect(queue.size).toBe(1)
})

test('notifying nobody is no news to those who come later', () => {
  const queue = new WaitQueue('session')
  queue.notifyOne()
  queue.notifyAll()
  let woken = 0
  queue.add(() => woken++)
  expect(woken).toBe(0)
})
