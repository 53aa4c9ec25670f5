/**
 * Histories in short: a word a transaction, in the order of their completions.
 *
 *     history('ax1ry T2:rx12')
 *
 * `ax1` appends 1 to x, `rx12` reads x as [1, 2], `ry` reads an empty y; `wx1` and `rx1` are those
 * of registers where `model` says so. Transactions are concurrent and each has a process of its own,
 * unless it names one (`p3:ax1`), which also puts it after that process's last one. `!` before a
 * transaction: it failed; `?`: nobody knows; `;` between two: the first ended before the second
 * began.
 */
import type { HistoryEvent, MicroOperation } from '../../src/check/index.ts'

export function history(
  text: string,
  model: 'list-append' | 'rw-register' = 'list-append',
): HistoryEvent[] {
  const events: HistoryEvent[] = []
  let fresh = 1000
  for (const group of text.split(';')) {
    const invocations: HistoryEvent[] = []
    const completions: HistoryEvent[] = []
    const used = new Set<number>()
    for (const word of group.trim().split(/\s+/).filter(Boolean)) {
      const [, mark, named, steps] = /^([!?]?)(?:p(\d+):)?(\S*)$/.exec(word)!
      const process = named === undefined ? fresh++ : Number(named)
      const value = stepsOf(steps!, model)
      const type = mark === '!' ? 'fail' : mark === '?' ? 'info' : 'ok'
      const invoke = { type: 'invoke', process, f: 'txn', value: value.map(unread) } as const
      if (used.has(process)) completions.push(invoke)
      else invocations.push(invoke)
      used.add(process)
      completions.push({ type, process, f: 'txn', value })
    }
    events.push(...invocations, ...completions)
  }
  return events
}

function stepsOf(text: string, model: string): MicroOperation[] {
  return [...text.matchAll(/([awr])([a-z])(\d*)/g)].map(([, kind, key, digits]) => {
    if (kind === 'a') return ['append', key!, Number(digits)]
    if (kind === 'w') return ['w', key!, Number(digits)]
    if (model === 'rw-register') return ['r', key!, digits === '' ? null : Number(digits)]
    return ['r', key!, [...digits!].map(Number)]
  })
}

function unread(step: MicroOperation): MicroOperation {
  return step[0] === 'r' ? ['r', step[1], null] : step
}
