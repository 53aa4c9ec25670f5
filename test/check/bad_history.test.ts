import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  checkTable,
  HistoryError,
  HistoryLines,
  MODEL_NAMES,
  readHistoryText,
} from '../../src/check/index.ts'
import { listHistory, plans } from './brute_force/random_history.ts'

const invoke = '{"type":"invoke","process":0,"f":"txn","value":[["append","x",1]]}'
const ok = invoke.replace('invoke', 'ok')

describe('a malformed history names the line and what is wrong', () => {
  it.each([
    ['', 'the history is empty'],
    ['nonsense', 'not JSON'],
    ['{"type": "invoke",\n', 'line 1: not JSON'],
    [`${invoke}\n\nnull`, 'line 3: an event is an object, not null'],
    [`${invoke}\n[]`, 'line 2: an event is an object, not []'],
    [`${invoke}\n${invoke}`, 'line 2: process 0 invokes a transaction before its last one'],
    [`${invoke}\n${ok}\n${ok}`, 'line 3: process 0 completes what it has not invoked'],
    [`${invoke}\n${ok.replace('1]', '2]')}`, 'line 2: process 0 completes other steps'],
    [
      `${invoke}\n${ok.replace('ok', 'info')}\n${invoke}`,
      'line 3: process 0 goes on after an info',
    ],
    [invoke.replace('0', 'null'), "line 1: 'process' is a number or a string, not null"],
    [invoke.replace('invoke', 'begin'), "line 1: 'type' is one of invoke, ok, fail and info"],
    [invoke.replace('[["append","x",1]]', '7'), "line 1: 'value' is a list of steps, not 7"],
    [invoke.replace('"append"', '"push"'), 'line 1: a step is one of append, r, w'],
    [invoke.replace('"x",1', '"x"'), "line 1: a step 'append' has 3 parts"],
    [invoke.replace('"x",1', 'null,1'), 'line 1: a key is a string or a number, not null'],
    [invoke.replace('"x",1', '"x",{}'), 'line 1: a value is a number, string or boolean'],
    [invoke.replace('"f"', '"start":"now","f"'), `line 1: 'start' is a number, not "now"`],
    ['{"history": 7}', "the object has no list 'history' of events"],
    [`[${invoke}, 7]`, 'event 1: an event is an object, not 7'],
    ['{"history": null}', "the object has no list 'history'"],
  ])('%j: %s', (text, message) => {
    expect(() => readHistoryText(text)).toThrow(HistoryError)
    expect(() => readHistoryText(text)).toThrow(message)
  })

  it.each([
    ['list-append', `${invoke}\n${ok}\n${invoke}`, 'line 3: 1 is appended twice to "x"'],
    ['list-append', invoke.replace('append', 'w'), "line 1: a list-append history has no step 'w'"],
    ['rw-register', invoke, "line 1: a rw-register history has no step 'append'"],
    ['closed-predicate', invoke, "line 1: a predicate history has no step 'append'"],
    [
      'rw-register',
      invoke.replace('"append","x",1', '"r","x",[1]'),
      'line 1: a read of rw-register is one value or null, not [1]',
    ],
    [
      'list-append',
      invoke.replace('"append","x",1', '"r","x",1'),
      'line 1: a read of list-append is a list or null, not 1',
    ],
  ] as const)('%s: %s: %s', (model, text, message) => {
    expect(() => checkTable(readHistoryText(text).table, { model })).toThrow(message)
  })
})

/** Whatever the text: a table, or a HistoryError. */
function read(text: string): void {
  for (const model of MODEL_NAMES) {
    try {
      checkTable(readHistoryText(text).table, { model })
    } catch (error) {
      if (!(error instanceof HistoryError)) throw error
    }
  }
}

describe('whatever the text, it is read or refused', () => {
  it('text of any kind', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), read), { numRuns: 2000, seed: 1 })
    fc.assert(fc.property(fc.json(), read), { numRuns: 2000, seed: 1 })
  })

  it('events of any values', () => {
    const any = fc.oneof(fc.jsonValue(), fc.constantFrom('x', 1, null, [], {}))
    const step = fc.oneof(
      any,
      fc.tuple(fc.constantFrom('append', 'r', 'w', 'insert', 'delete', 'rp'), any, any),
      fc.tuple(fc.constantFrom('append', 'r', 'w', 'insert', 'rp'), fc.constant('x'), any),
    )
    const event = fc.record(
      {
        type: fc.oneof(fc.constantFrom('invoke', 'ok', 'fail', 'info'), any),
        process: fc.oneof(fc.constantFrom(0, 1), any),
        f: fc.oneof(fc.constantFrom('txn', 'init'), any),
        value: fc.oneof(fc.array(step, { maxLength: 3 }), any),
        start: any,
        commit: any,
      },
      { requiredKeys: [] },
    )
    const lines = fc.array(event, { minLength: 1, maxLength: 6 })
    const asLines = lines.map((events) => events.map((one) => JSON.stringify(one)).join('\n'))
    fc.assert(fc.property(asLines, read), { numRuns: 5000, seed: 1 })
    fc.assert(
      fc.property(
        lines.map((one) => JSON.stringify(one)),
        read,
      ),
      { numRuns: 2000, seed: 1 },
    )
  })

  it('a history with a mutation anywhere', () => {
    const mutated = fc
      .tuple(plans, fc.nat(), fc.nat(), fc.string({ maxLength: 3 }))
      .map(([given, from, length, instead]) => {
        const text = listHistory(given)
          .map((event) => JSON.stringify(event))
          .join('\n')
        const at = from % text.length
        return text.slice(0, at) + instead + text.slice(at + (length % 4))
      })
    fc.assert(fc.property(mutated, read), { numRuns: 3000, seed: 1 })
  })
})

it('lines that come one by one are counted, empty ones as well', () => {
  const lines = new HistoryLines()
  lines.add(invoke)
  lines.add('')
  expect(() => lines.add('{')).toThrow('line 3: not JSON')
})
