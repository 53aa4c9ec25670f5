/** Commands as people would have typed them: `doctors.find({onCall: true})`. */
import type { Document } from '../bson/index.ts'

/** Part of every command, and nothing that anybody asked for. */
const ENVELOPE: ReadonlySet<string> = new Set([
  '$db',
  'lsid',
  'txnNumber',
  'autocommit',
  'startTransaction',
  'ordered',
])

/** So much of a statement is enough to recognise it. */
const TEXT_MAX = 160

/** @param command what was sent, or its JSON */
export function typedText(command: Document): string {
  const [name = 'nothing', target] = Object.entries(command)[0] ?? []
  const typed = TYPED[name]?.(command) ?? otherText(name, command)
  return cut(typeof target === 'string' && TYPED[name] !== undefined ? `${target}.${typed}` : typed)
}

/** What was answered; nothing where that is only that it went well. */
export function answerText(reply: string | undefined): string | undefined {
  return reply === undefined || reply === '{}' ? undefined : cut(shownJson(reply))
}

const TYPED: Readonly<Record<string, (command: Document) => string>> = {
  find: ({ filter }) => `find(${shown(filter ?? {})})`,
  aggregate: ({ pipeline }) => `aggregate(${shown(pipeline)})`,
  count: ({ query }) => `count(${shown(query ?? {})})`,
  distinct: ({ key, query }) => `distinct(${shown(key)}, ${shown(query ?? {})})`,
  insert: ({ documents }) => `insert(${(documents as unknown[]).map(shown).join(', ')})`,
  update: ({ updates }) =>
    `update(${(updates as Document[]).map(({ q, u }) => `${shown(q)}, ${shown(u)}`).join('; ')})`,
  delete: ({ deletes }) => `delete(${(deletes as Document[]).map(({ q }) => shown(q)).join('; ')})`,
  findAndModify: ({ query, update }) =>
    update === undefined
      ? `findOneAndDelete(${shown(query)})`
      : `findOneAndUpdate(${shown(query)}, ${shown(update)})`,
}

function otherText(name: string, command: Document): string {
  const rest = Object.fromEntries(
    Object.entries(command).filter(([key], at) => at > 0 && !ENVELOPE.has(key)),
  )
  return Object.keys(rest).length === 0 ? name : `${name} ${shown(rest)}`
}

/** A value as one types it: keys without quotes where they need none. */
function shown(value: unknown): string {
  return shownJson(JSON.stringify(value) ?? String(value))
}

const KEY_OR_STRING = /"((?:[^"\\]|\\.)*)"(:?)/g

/** Keys are strings with a colon behind them; what is within strings is left alone. */
function shownJson(json: string): string {
  return json
    .replace(KEY_OR_STRING, (found, text: string, colon: string) => {
      if (colon === '') return found
      return /^[A-Za-z_$][\w$]*$/.test(text) ? `${text}: ` : `"${text}": `
    })
    .replaceAll(/,(?=[{["\w$])(?=(?:[^"]*"[^"]*")*[^"]*$)/g, ', ')
}

function cut(text: string): string {
  return text.length <= TEXT_MAX ? text : `${text.slice(0, TEXT_MAX - 1)}…`
}
