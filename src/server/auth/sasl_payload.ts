import { Binary } from 'bson'
import { typeNameOf, typeOf } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { subTypeName } from '../sessions/lsid.ts'

/** What one side says to the other within an exchange. */
export interface Payload {
  readonly text: string
  /** Came as text, and so is answered as text. */
  readonly isBase64: boolean
}

const GENERIC_SUBTYPE = 0

/** @throws ServerError BadValue. Source: sasl_payload.cpp (8.0). */
export function payloadOf(given: unknown): Payload {
  if (typeof given === 'string') {
    if (!isBase64(given)) {
      throw new ServerError('BadValue', 'Failed decoding SASL payload: invalid base64')
    }
    return { text: decoder.decode(Binary.createFromBase64(given).value()), isBase64: true }
  }
  if (typeOf(given) !== 'binData') {
    throw new ServerError(
      'BadValue',
      `Invalid SASLPayload type. Expected Base64 or BinData, got: ${typeNameOf(given)}`,
    )
  }
  const { sub_type: subType } = given as Binary
  if (subType !== GENERIC_SUBTYPE) {
    throw new ServerError(
      'BadValue',
      `Invalid SASLPayload subtype. Expected BinDataGeneral, got: ${subTypeName(subType)}`,
    )
  }
  return { text: decoder.decode((given as Binary).value()), isBase64: false }
}

function isBase64(text: string): boolean {
  return text.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(text)
}

/** A text in the form in which the other side sent its own. */
export function answerTo({ isBase64: wasBase64 }: Payload, text: string): string | Binary {
  const binary = new Binary(encoder.encode(text))
  return wasBase64 ? binary.toString('base64') : binary
}

const encoder = new TextEncoder()
const decoder = new TextDecoder()
