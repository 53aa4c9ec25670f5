/** Values in sentences: enough of them to be recognised. */

/** So many elements of a list are shown: the first one, and the last ones, which tell versions. */
const ELEMENTS_SHOWN = 6

/** A value as JSON, long lists without their middle. */
export function valueText(value: unknown): string {
  if (Array.isArray(value)) return listText(value.map((element) => JSON.stringify(element)))
  return JSON.stringify(value) ?? String(value)
}

/** A key as people write it: quotes only where it would not be read as one word. */
export function keyText(key: unknown): string {
  return typeof key === 'string' && /^\S+$/.test(key) ? key : JSON.stringify(key)
}

function listText(elements: readonly string[]): string {
  if (elements.length <= ELEMENTS_SHOWN) return `[${elements.join(', ')}]`
  const left = elements.length - ELEMENTS_SHOWN
  const [first] = elements
  return `[${first}, … ${left} more …, ${elements.slice(1 - ELEMENTS_SHOWN).join(', ')}]`
}

/** Strings, or a flat list; what is in quotes is the user's, and only lists are cut. */
const QUOTED_OR_LIST = /"(?:[^"\\]|\\.)*"|\[(?:[^[\]{}"]|"(?:[^"\\]|\\.)*")*\]|\bT\d+\b/g

/**
 * A sentence of a model with transactions by their names, and long lists cut. Models write
 * transactions as `T<number>` and values as JSON, so what is in quotes is left alone.
 */
export function reworded(sentence: string, nameOf: (transaction: number) => string): string {
  return sentence.replace(QUOTED_OR_LIST, (found) => {
    if (found.startsWith('T')) return nameOf(Number(found.slice(1)))
    if (!found.startsWith('[')) return found
    try {
      return valueText(JSON.parse(found))
    } catch {
      return found
    }
  })
}
