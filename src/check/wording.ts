/** How values and beginnings of sentences are written, wherever the judge speaks. */

/** A key or a value as JSON, which keeps `1` and `"1"` apart. */
export function show(value: unknown): string {
  return JSON.stringify(value)
}

export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1)
}
