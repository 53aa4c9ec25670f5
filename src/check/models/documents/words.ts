/** How versions are shown to people. */
import type { DocumentHistory } from './history.ts'

/** A document is cut where it gets long: it is to be recognised, not read. */
const SHOWN_MAX = 60

/** A document without its `_id`, which the name of its object has. */
export function shown(value: unknown): string {
  if (value === undefined) return 'nothing'
  const text = JSON.stringify(value, (key, part) => (key === '_id' ? undefined : part))
  return text.length <= SHOWN_MAX ? text : `${text.slice(0, SHOWN_MAX - 1)}…`
}

/** `shop.stock/"x" = {"value":3}` */
export function versionText(history: DocumentHistory, object: number, version: number): string {
  const { name, versions } = history.objects[object]!
  const { value } = versions[version]!
  return value === undefined ? `no ${name}` : `${name} = ${shown(value)}`
}
