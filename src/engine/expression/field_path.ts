/** The names that sort and projection accept for fields; stricter than what documents may hold. */
import { ServerError } from '../errors.ts'

/** Names with `$` that a reference to another document has. */
const REFERENCE_FIELDS: ReadonlySet<string> = new Set(['$id', '$ref', '$db'])

/** Splits a dotted path. Source of codes and messages: server, pipeline/field_path.cpp. */
export function parseFieldPath(path: string): string[] {
  if (path === '') throw new ServerError(40352, 'FieldPath cannot be constructed with empty string')
  if (path.endsWith('.')) throw new ServerError(40353, "FieldPath must not end with a '.'.")
  const parts = path.split('.')
  for (const part of parts) checkFieldName(part)
  return parts
}

function checkFieldName(name: string): void {
  if (name === '') throw new ServerError(15998, 'FieldPath field names may not be empty strings.')
  if (name.startsWith('$') && !REFERENCE_FIELDS.has(name)) {
    throw new ServerError(
      16410,
      "FieldPath field names may not start with '$'. Consider using $getField or $setField.",
    )
  }
  if (name.includes('\0')) {
    throw new ServerError(16411, 'FieldPath field names may not contain null bytes.')
  }
}
