import { Long } from 'bson'
import { describe, expect, test, vi } from 'vitest'
import { type Reply, scripted } from './scripted.ts'

const change = (n: number) => ({ _id: { _data: n }, operationType: 'insert', n })
const open = (...firstBatch: object[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(5), ns: 'shop.t', firstBatch },
})
const more = (...nextBatch: object[]) => ({
  ok: 1,
  cursor: { id: Long.fromNumber(5), ns: 'shop.t', nextBatch },
})
const never: Reply = () => new Promise(() => {})
const fatal = { ok: 0, code: 280, errmsg: 'lost' }

const streamOver = (...replies: Reply[]) => {
  const all = scripted(replies)
  return { ...all, stream: all.client.db('shop').collection('t').watch() }
}

describe('listeners', () => {
  test('hear of changes, in order', async () => {
    const { stream } = streamOver(open(change(1), change(2)), more(change(3)), never, { ok: 1 })
    const listener = vi.fn()
    stream.on('change', listener)
    await expect.poll(() => listener).toHaveBeenCalledTimes(3)
    expect(listener.mock.calls.map(([seen]) => seen.n)).toEqual([1, 2, 3])
    await stream.close()
  })

  test('hear of an error, and of the end', async () => {
    const { stream } = streamOver(open(change(1)), fatal, { ok: 1 })
    const [onChange, onError, onClose] = [vi.fn(), vi.fn(), vi.fn()]
    stream.on('error', onError).on('close', onClose).on('change', onChange)
    await expect.poll(() => onClose).toHaveBeenCalledTimes(1)
    expect(onChange).toHaveBeenCalledTimes(1)
    await expect.poll(() => onError.mock.calls[0]?.[0]).toMatchObject({ code: 280 })
    expect(stream.closed).toBe(true)
  })

  test('may leave', async () => {
    const { stream } = streamOver(open(change(1), change(2)), { ok: 1 })
    const listener = vi.fn(() => void stream.off('change', listener))
    stream.on('change', listener)
    await expect.poll(() => listener).toHaveBeenCalledTimes(1)
    await stream.close()
    expect(listener).toHaveBeenCalledTimes(1)
  })

  test('can not be mixed with iteration', async () => {
    const one = streamOver(open(change(1)), never)
    await one.stream.next()
    expect(() => one.stream.on('change', () => {})).toThrow(
      'ChangeStream cannot be used as an EventEmitter after being used as an iterator',
    )
    const other = streamOver(never)
    other.stream.on('change', () => {})
    await expect(other.stream.next()).rejects.toThrow(
      'ChangeStream cannot be used as an iterator after being used as an EventEmitter',
    )
  })
})

test('a loop ends it when it is left', async () => {
  const { stream, transport } = streamOver(open(change(1)), { ok: 1 })
  for await (const seen of stream) {
    expect(seen).toMatchObject({ n: 1 })
    break
  }
  expect(stream.closed).toBe(true)
  expect(transport.commands[1]).toMatchObject({ killCursors: 't', cursors: [{ low: 5 }] })
})

test('closing it ends a wait for the next change', async () => {
  let interrupt!: (reply: object) => void
  const waiting: Reply = () => new Promise((resolve) => (interrupt = resolve))
  const { stream } = streamOver(open(), waiting, () => {
    interrupt({ ok: 0, code: 237, codeName: 'CursorKilled', errmsg: 'killed' })
    return { ok: 1 }
  })
  const next = stream.next()
  await expect.poll(() => interrupt).toBeDefined()
  await stream.close()
  await expect(next).rejects.toThrow('ChangeStream is closed')
})

test('an invalidated stream says so', async () => {
  const ended = { ok: 1, cursor: { id: Long.ZERO, ns: 'shop.t', firstBatch: [] } }
  const { stream } = streamOver(ended)
  await expect(stream.next()).rejects.toThrow('ChangeStream is closed')
})
