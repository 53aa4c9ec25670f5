import type { HistoryRecorder, Step, Unit } from './recorder.ts'
import { VersionState } from './recorder.ts'
import { changedIn, touches, visibleTo } from './unmatched.ts'

/**
 * Two schedules with the same key gave the same history, as far as data goes: each actor's units
 * read and wrote the same versions in the same order. So the judge need see it but once.
 *
 * @param withTime whether it matters, too, which unit had ended when another began
 */
export function historyKey(recorder: HistoryRecorder, actors: number, withTime: boolean): string {
  let key = ''
  for (let actor = 0; actor < actors; actor++) {
    for (const unit of recorder.units) {
      if (unit.actor.index === actor) key += unitKey(recorder, unit, withTime)
    }
    key += '|'
  }
  return key
}

function unitKey(recorder: HistoryRecorder, unit: Unit, withTime: boolean): string {
  let key = unit.committed ? 'c' : 'a'
  if (withTime) key += `${char(unit.began)}${char(unit.ended)}`
  // Of what did not commit nobody asks but what others read of it, and that is in their keys.
  if (!unit.committed) return key
  for (const step of unit.steps) key += stepKey(recorder, unit, step)
  return `${key};`
}

function stepKey(recorder: HistoryRecorder, unit: Unit, step: Step): string {
  switch (step.kind) {
    case 'read':
    case 'write': {
      const { object, order, state, author } = step.version
      const place = char(object.number) + char(order)
      if (state === VersionState.committed) return `${step.kind === 'read' ? 'r' : 'w'}${place}`
      // Own writes of before the last one, and what should not have been seen.
      return `${step.kind}${state}${author === unit ? 'own' : author?.actor.name}${place}`
    }
    case 'absent':
      return `n${char(step.object.number)}${char(visibleTo(unit, step.object)?.order ?? 0)}`
    case 'query': {
      const { collection, filter } = step.query
      let key = `q${collection}${filterKey(filter)}`
      for (const object of changedIn(recorder, collection)) {
        if (touches(unit, object)) continue
        key += char(object.number) + char(visibleTo(unit, object)?.order ?? 0)
      }
      return key
    }
  }
}

/** Small numbers as single characters. */
function char(number: number): string {
  return String.fromCharCode(number + 48)
}

const filterKeys = new WeakMap<object, string>()

function filterKey(filter: { readonly filter: object }): string {
  let key = filterKeys.get(filter)
  if (key === undefined) {
    key = JSON.stringify(filter.filter)
    filterKeys.set(filter, key)
  }
  return key
}
