/** Connection strings: options of a test laid over those of the deployment. */
import type { Document } from 'mongodb'
import { isDocument } from './match/values.ts'
import { LeftOut } from './outcome.ts'

/**
 * The connection string with these options, which win over its own.
 *
 * @throws LeftOut for options whose value only a test environment knows
 */
export function withOptions(uri: string, options: Document): string {
  const [address = '', query = ''] = uri.split('?', 2)
  const params = new URLSearchParams(query)
  for (const [name, value] of Object.entries(options)) {
    for (const known of [...params.keys()]) {
      if (known.toLowerCase() === name.toLowerCase()) params.delete(known)
    }
    // A direct connection goes to one server, whatever set it is of.
    if (name === 'directConnection' && value === true) params.delete('replicaSet')
    for (const text of textsOf(name, value)) params.append(name, text)
  }
  return params.size === 0 ? address : `${address}?${params}`
}

function textsOf(name: string, value: unknown): string[] {
  if (Array.isArray(value)) return value.map(String)
  if (!isDocument(value)) return [String(value)]
  if (Object.values(value).some(isDocument) || '$$placeholder' in value) {
    throw new LeftOut(`needs credentials of a test environment (${name})`)
  }
  return [
    Object.entries(value)
      .map(([key, item]) => `${key}:${item}`)
      .join(','),
  ]
}
