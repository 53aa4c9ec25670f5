import { el, type Markup } from '../../picture/index.ts'
import { LEVELS, type Level } from '../levels.ts'
import type { Verdict } from '../verdict.ts'

/** Each level and whether the history holds it, weaker ones first. */
export function levelsTable({ levels, complete }: Verdict, asked: Level): Markup[] {
  const list = el(
    'ul',
    { class: 'levels' },
    LEVELS.map((level) => {
      const holds = levels[level]
      const isAsked = level === asked
      return el(
        'li',
        { class: `${holds ? 'holds' : 'broken'}${isAsked ? ' asked' : ''}` },
        el('b', {}, holds ? 'yes' : 'no'),
        ` ${level}`,
      )
    }),
  )
  const isUnsure = !complete && LEVELS.some((level) => levels[level])
  const note = 'The order of some versions is not known: "yes" means that nothing was found.'
  return isUnsure ? [list, el('p', { class: 'quiet' }, note)] : [list]
}
