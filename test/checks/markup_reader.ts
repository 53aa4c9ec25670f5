/** A strict reader of our own pages: it throws at whatever is not well formed. */

export interface ElementRead {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>>
}

const VOID = new Set(['meta', 'br', 'input'])
const TAG = /<(\/?)([a-z][a-z0-9]*)((?:\s+[a-zA-Z-]+(?:="[^"<]*")?)*)\s*>/y

/** Every element in order; each must be closed, in the right order, and attributes quoted. */
export function elementsOf(html: string): ElementRead[] {
  const elements: ElementRead[] = []
  const open: string[] = []
  let at = html.startsWith('<!doctype html>') ? '<!doctype html>'.length : 0
  for (;;) {
    at = html.indexOf('<', at)
    if (at === -1) break
    TAG.lastIndex = at
    const tag = TAG.exec(html)
    if (tag === null) throw new Error(`not well formed: ${html.slice(at, at + 80)}`)
    const [whole, slash, name = '', attributes = ''] = tag
    at += whole.length
    if (slash === '/') {
      const expected = open.pop()
      if (expected !== name) throw new Error(`</${name}> ends <${expected}>`)
      continue
    }
    elements.push({ name, attributes: attributesOf(attributes) })
    if (VOID.has(name)) continue
    open.push(name)
    // The text of these is no markup.
    if (name === 'script' || name === 'style') at = html.indexOf(`</${name}>`, at)
  }
  if (open.length > 0) throw new Error(`never closed: ${open.join(', ')}`)
  return elements
}

function attributesOf(text: string): Record<string, string> {
  return Object.fromEntries(
    [...text.matchAll(/([a-zA-Z-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [
      name,
      value ?? '',
    ]),
  )
}

/** Whatever a browser would fetch for this page. */
export function loadedThings(html: string): string[] {
  const elements = elementsOf(html).filter(
    ({ name, attributes }) =>
      ['link', 'img', 'iframe', 'object', 'embed', 'base'].includes(name) ||
      ['src', 'href', 'xlink:href', 'srcset', 'action'].some((one) => one in attributes),
  )
  const texts = html.match(/https?:\/\/|@import|url\(|\bfetch\(|XMLHttpRequest|\bimport\(/g) ?? []
  return [...elements.map(({ name }) => name), ...texts]
}
