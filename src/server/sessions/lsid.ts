import { Binary } from 'bson'
import { compareBytes, type Document } from '../../bson/index.ts'
import { ServerError } from '../../engine/index.ts'
import { checkDocumentFields, fieldTable, types } from '../fields.ts'

/**
 * The id of a logical session: a UUID that the client made, and the digest of the user it belongs
 * to. Users with the same UUID have different sessions.
 */
export interface SessionId {
  /** The UUID's bytes as characters, and whose it is: what sessions are looked up by. */
  readonly key: string
  readonly owner: SessionOwner
  /** As messages print it. */
  readonly text: string
  /** As documents show it: `{ id, uid }`. */
  readonly document: Document
}

/** A user as sessions know them, or nobody, where nobody has to log in. */
export interface SessionOwner {
  /** `user@db`, or nothing. */
  readonly name: string
  /** SHA-256 of the name. */
  readonly digest: Binary
  readonly digestText: string
}

const NOBODY_TEXT = '47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='

export const NOBODY: SessionOwner = {
  name: '',
  digest: Binary.createFromBase64(NOBODY_TEXT),
  digestText: NOBODY_TEXT,
}

export function sessionOwner(name: string, digest: Uint8Array): SessionOwner {
  const binary = new Binary(digest)
  return { name, digest: binary, digestText: binary.toString('base64') }
}

const FIELDS = fieldTable(
  { id: types.binData, uid: types.binData, txnNumber: types.long, txnUUID: types.binData },
  { required: ['id'] },
)

const SUBTYPE_UUID = 4
const UUID_BYTES = 16

/**
 * The look-up key of an `lsid` document, after checking it.
 *
 * @param path for messages: whose field it is
 * @throws ServerError of the field check; 72 for an internal session; 207 InvalidUUID
 */
export function sessionKey(lsid: Document, path: string, owner: SessionOwner): string {
  return keyOf(checkedId(lsid, path, owner), owner)
}

/** As `sessionKey`: the UUID itself. */
export function checkedId(lsid: Document, path: string, owner: SessionOwner): Binary {
  const { id } = lsid
  if (!isUuid(id)) throw refusal(lsid, path)
  // Most often the id is all there is.
  for (const field in lsid) if (field !== 'id') checkRest(lsid, path, owner)
  return id
}

/** Whether the UUID is that of a session of theirs. */
export function isIdOf(id: Binary, owner: SessionOwner, session: SessionId): boolean {
  const { key } = session
  if (owner.name !== session.owner.name) return false
  const { buffer } = id
  for (let i = 0; i < UUID_BYTES; i++) if (buffer[i] !== key.charCodeAt(i)) return false
  return true
}

export function sessionIdOf(lsid: Document, owner: SessionOwner): SessionId {
  const id = lsid['id'] as Binary
  const document = { id, uid: owner.digest }
  return { key: keyOf(id, owner), owner, text: sessionText(id, owner), document }
}

function isUuid(id: unknown): id is Binary {
  if (typeof id !== 'object' || id === null) return false
  const { _bsontype, sub_type, position } = id as Partial<Binary>
  return _bsontype === 'Binary' && sub_type === SUBTYPE_UUID && position === UUID_BYTES
}

function refusal(lsid: Document, path: string): ServerError {
  checkDocumentFields(lsid, path, FIELDS)
  const id = lsid['id'] as Binary
  if (id.sub_type === SUBTYPE_UUID) {
    return new ServerError(
      'InvalidUUID',
      'uuid must be a 16-byte binary field with UUID (4) subtype',
    )
  }
  return new ServerError(
    'TypeMismatch',
    `BSON field '${path}.id' is the wrong binData type '${subTypeName(id.sub_type)}', expected type 'UUID'`,
  )
}

/** Source: logical_session_id_helpers.cpp, initialize_operation_session_info.cpp. */
function checkRest(lsid: Document, path: string, owner: SessionOwner): void {
  checkDocumentFields(lsid, path, FIELDS)
  const uid = lsid['uid'] as Binary | undefined
  if (uid !== undefined && compareBytes(uid.value(), owner.digest.value()) !== 0) {
    throw new ServerError('Unauthorized', 'Unauthorized to set user digest in LogicalSessionId')
  }
  if (lsid['txnUUID'] !== undefined || lsid['txnNumber'] !== undefined) {
    throw new ServerError(
      'InvalidOptions',
      'Internal sessions are only supported in sharded clusters',
    )
  }
}

export function keyOf(id: Binary, owner: SessionOwner): string {
  const uuid = uuidKey(id)
  return owner.name === '' ? uuid : uuid + owner.name
}

function uuidKey(id: Binary): string {
  const b = id.buffer
  // Spelled out: spreading costs several times as much, and this is once a command.
  return String.fromCharCode(
    b[0]!,
    b[1]!,
    b[2]!,
    b[3]!,
    b[4]!,
    b[5]!,
    b[6]!,
    b[7]!,
    b[8]!,
    b[9]!,
    b[10]!,
    b[11]!,
    b[12]!,
    b[13]!,
    b[14]!,
    b[15]!,
  )
}

/** UUID, user digest, and two places that internal sessions fill. Source: logical_session_id.h */
function sessionText(id: Binary, owner: SessionOwner): string {
  const hex = id.toString('hex')
  const groups = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)]
  return `${groups.join('-')}-${hex.slice(20)} - ${owner.digestText} -  - `
}

/** Source: typeName(BinDataType), bsontypes.cpp. */
export function subTypeName(subType: number): string {
  const names: Readonly<Record<number, string>> = {
    0: 'general',
    1: 'function',
    2: 'byte array(deprecated)',
    3: 'UUID(deprecated)',
    4: 'UUID',
    5: 'MD5',
    6: 'encrypt',
    7: 'column',
    8: 'sensitive',
  }
  return names[subType] ?? 'Custom'
}
