import fc from 'fast-check'
import { expect, test } from 'vitest'
import { MessageFramer } from '../../../src/server/wire/message_framer.ts'
import { int32, message } from './raw_client.ts'

const bodies = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 8 })

test('the same messages, wherever the stream is cut', () => {
  fc.assert(
    fc.property(
      bodies,
      fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 }),
      (all, cuts) => {
        const messages = all.map((one, index) => message(2013, one, index))
        const stream = Buffer.concat(messages)
        const framer = new MessageFramer()
        const found: Buffer[] = []
        for (let at = 0, turn = 0; at < stream.length; turn++) {
          const size = cuts[turn % cuts.length]!
          framer.push(stream.subarray(at, at + size))
          at += size
          for (let next = framer.next(); next !== undefined; next = framer.next()) found.push(next)
        }
        expect(found.map((one) => one.toString('hex'))).toEqual(
          messages.map((one) => one.toString('hex')),
        )
        expect(framer.pendingBytes).toBe(0)
      },
    ),
  )
})

test.each([0, 15, -1, 48_000_001, 2 ** 31 - 1])('refuses a length of %d at once', (length) => {
  const framer = new MessageFramer()
  framer.push(int32(length).subarray(0, 3))
  expect(framer.next()).toBeUndefined()
  framer.push(int32(length).subarray(3))
  expect(() => framer.next()).toThrow(`claims to have ${length} bytes`)
})

test('waits for the rest of a message of the largest size', () => {
  const framer = new MessageFramer()
  framer.push(int32(48_000_000))
  expect(framer.next()).toBeUndefined()
  framer.push(Buffer.alloc(48_000_000 - 5))
  expect(framer.next()).toBeUndefined()
  framer.push(Buffer.alloc(1))
  expect(framer.next()).toHaveLength(48_000_000)
})
