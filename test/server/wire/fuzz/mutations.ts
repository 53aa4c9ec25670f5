/** Recorded messages, changed where it hurts. */
import fc, { type Arbitrary } from 'fast-check'
import { compressorOf } from '../../../../src/server/wire/compressors.ts'
import { crc32c } from '../../../../src/server/wire/crc32c.ts'
import { compressed, OP_MSG } from '../raw_client.ts'
import { type Structure, structureOf } from './structure.ts'

/** A place in something of any length, from 0 to below 1. */
type Place = number

type Change =
  | { readonly kind: 'bit'; readonly place: Place; readonly bit: number }
  | { readonly kind: 'byte'; readonly place: Place; readonly byte: number }
  | { readonly kind: 'length'; readonly place: Place; readonly value: number }
  | { readonly kind: 'lengthBy'; readonly place: Place; readonly by: number }
  | { readonly kind: 'type'; readonly place: Place; readonly byte: number }
  | { readonly kind: 'section'; readonly place: Place; readonly value: number }
  | { readonly kind: 'flags'; readonly flags: number }
  | { readonly kind: 'opCode'; readonly opCode: number }
  | { readonly kind: 'truncate'; readonly place: Place }
  | { readonly kind: 'repeat'; readonly part: Place; readonly times: number }
  | { readonly kind: 'drop'; readonly part: Place }
  | { readonly kind: 'splice'; readonly place: Place; readonly from: Place; readonly part: Place }

/**
 * A change that puts every length right: what comes out is good BSON, and no command that anybody
 * would send.
 */
interface Edit {
  readonly element: Place
  /** Instead of the element: nothing, itself twice, or one from another message by this name. */
  readonly by: 'nothing' | 'twice' | 'other' | 'otherByThisName'
  readonly other: Place
  readonly otherElement: Place
}

export interface Mutation {
  readonly message: Place
  readonly edits: readonly Edit[]
  readonly changes: readonly Change[]
  /** Whether the header's length is put right afterwards, so that the change comes further. */
  readonly fitsHeader: boolean
  /** Whether a good checksum goes with it. */
  readonly checksum: boolean
  /** The number of the compressor that it leaves with; -1 for none. */
  readonly compressor: number
  /** Where the stream is cut into chunks. */
  readonly cuts: readonly Place[]
}

/** Evenly: as a double, or with a bias, it would nearly always be the first of something. */
const place: Arbitrary<Place> = fc.noBias(fc.nat(0xffff_fffe)).map((nat) => nat / 0xffff_ffff)

/** Lengths at which something begins or ends: of headers, documents, messages, integers. */
const lengths = fc.oneof(
  fc.constantFrom(0, -1, 1, 4, 5, 12, 15, 16, 20, 21, 255, 65_536, 2 ** 31 - 1, -(2 ** 31)),
  fc.constantFrom(16_777_216, 16_793_600, 47_999_999, 48_000_000, 48_000_001),
  fc.integer(),
)
const types = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.constantFrom(0x7f, 0xff, 0x80, 0x15))
const flags = fc.oneof(fc.nat(3), fc.constantFrom(0x10000, 0x10002), fc.integer())
const opCodes = fc.constantFrom(0, 1, 1000, 2001, 2002, 2004, 2005, 2006, 2007, 2010, 2012, 2013)

const change: Arbitrary<Change> = fc.oneof(
  fc.record({ kind: fc.constant('bit' as const), place, bit: fc.nat(7) }),
  fc.record({ kind: fc.constant('byte' as const), place, byte: fc.nat(255) }),
  fc.record({ kind: fc.constant('length' as const), place, value: lengths }),
  fc.record({ kind: fc.constant('lengthBy' as const), place, by: fc.integer({ min: -9, max: 9 }) }),
  fc.record({ kind: fc.constant('type' as const), place, byte: types }),
  fc.record({ kind: fc.constant('section' as const), place, value: fc.nat(3) }),
  fc.record({ kind: fc.constant('flags' as const), flags }),
  fc.record({ kind: fc.constant('opCode' as const), opCode: opCodes }),
  fc.record({ kind: fc.constant('truncate' as const), place }),
  fc.record({ kind: fc.constant('repeat' as const), part: place, times: fc.nat(3) }),
  fc.record({ kind: fc.constant('drop' as const), part: place }),
  fc.record({ kind: fc.constant('splice' as const), place, from: place, part: place }),
)

const edit: Arbitrary<Edit> = fc.record({
  element: place,
  by: fc.constantFrom('nothing', 'twice', 'other', 'otherByThisName', 'otherByThisName'),
  other: place,
  otherElement: place,
})

export const anyMutation: Arbitrary<Mutation> = fc.record({
  message: place,
  edits: fc.array(edit, { maxLength: 3 }),
  changes: fc.oneof(fc.constant([]), fc.array(change, { maxLength: 3 })),
  fitsHeader: fc.oneof({ weight: 3, arbitrary: fc.constant(true) }, fc.boolean()),
  checksum: fc.oneof({ weight: 4, arbitrary: fc.constant(false) }, fc.boolean()),
  compressor: fc.oneof({ weight: 4, arbitrary: fc.constant(-1) }, fc.integer({ min: -1, max: 4 })),
  cuts: fc.oneof({ weight: 3, arbitrary: fc.constant([]) }, fc.array(place, { maxLength: 5 })),
})

/** Messages to start from, with what is known of them. */
export class Recording {
  readonly #messages: readonly Buffer[]
  readonly #structures: readonly Structure[]

  constructor(messages: readonly Buffer[]) {
    this.#messages = messages
    this.#structures = messages.map(structureOf)
  }

  /** The chunks that a socket brings in. */
  mutated(mutation: Mutation): Buffer[] {
    const index = Math.floor(mutation.message * this.#messages.length)
    let bytes: Buffer = Buffer.from(this.#messages[index]!)
    let structure = this.#structures[index]!
    for (const one of mutation.edits) {
      bytes = this.#edited(bytes, structure, one)
      structure = structureOf(bytes)
    }
    for (const one of mutation.changes) bytes = this.#changed(bytes, structure, one)
    if (mutation.fitsHeader && bytes.length >= 4) bytes.writeInt32LE(bytes.length, 0)
    if (mutation.checksum) bytes = checksummed(bytes)
    const compressor = compressorOf(mutation.compressor)
    if (compressor !== undefined && bytes.length >= 16) bytes = compressed(bytes, compressor)
    return cut(bytes, mutation.cuts)
  }

  #edited(bytes: Buffer, { elements, containers }: Structure, one: Edit): Buffer {
    if (elements.length === 0) return bytes
    const { start, valueAt, end } = pick(elements, one.element)
    const other = Math.floor(one.other * this.#messages.length)
    const donor = this.#messages[other]!
    const { elements: given } = this.#structures[other]!
    if (given.length === 0) return bytes
    const gift = pick(given, one.otherElement)
    const parts: Readonly<Record<Edit['by'], readonly Buffer[]>> = {
      nothing: [],
      twice: [bytes.subarray(start, end), bytes.subarray(start, end)],
      other: [donor.subarray(gift.start, gift.end)],
      otherByThisName: [
        donor.subarray(gift.start, gift.start + 1),
        bytes.subarray(start + 1, valueAt),
        donor.subarray(gift.valueAt, gift.end),
      ],
    }
    const by = Buffer.concat(parts[one.by])
    const edited = Buffer.concat([bytes.subarray(0, start), by, bytes.subarray(end)])
    for (const { lengthAt, end: containerEnd } of containers) {
      if (lengthAt > start || end > containerEnd) continue
      edited.writeInt32LE(edited.readInt32LE(lengthAt) + by.length - (end - start), lengthAt)
    }
    return edited
  }

  #changed(bytes: Buffer, structure: Structure, one: Change): Buffer {
    switch (one.kind) {
      case 'bit': {
        const at = Math.floor(one.place * bytes.length)
        if (bytes.length > 0) bytes[at]! ^= 1 << one.bit
        return bytes
      }
      case 'byte':
        if (bytes.length > 0) bytes[Math.floor(one.place * bytes.length)] = one.byte
        return bytes
      case 'length':
        return atOne(structure.lengths, one.place, bytes, 4, (at) =>
          bytes.writeInt32LE(one.value, at),
        )
      case 'lengthBy':
        return atOne(structure.lengths, one.place, bytes, 4, (at) =>
          bytes.writeInt32LE((bytes.readInt32LE(at) + one.by) | 0, at),
        )
      case 'type':
        return atOne(
          structure.elements.map(({ start }) => start),
          one.place,
          bytes,
          1,
          (at) => bytes.writeUInt8(one.byte, at),
        )
      case 'section':
        return atOne(structure.kinds, one.place, bytes, 1, (at) => bytes.writeUInt8(one.value, at))
      case 'flags':
        if (bytes.length >= 20) bytes.writeInt32LE(one.flags, 16)
        return bytes
      case 'opCode':
        if (bytes.length >= 16) bytes.writeInt32LE(one.opCode, 12)
        return bytes
      case 'truncate':
        return bytes.subarray(0, Math.floor(one.place * bytes.length))
      case 'repeat': {
        const [start, end] = pick(structure.parts, one.part)
        const part = bytes.subarray(start, end)
        const copies = Array.from({ length: one.times }, () => part)
        return Buffer.concat([bytes.subarray(0, end), ...copies, bytes.subarray(end)])
      }
      case 'drop': {
        const [start, end] = pick(structure.parts, one.part)
        return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)])
      }
      case 'splice': {
        const other = Math.floor(one.from * this.#messages.length)
        const [start, end] = pick(this.#structures[other]!.parts, one.part)
        const at = Math.floor(one.place * bytes.length)
        const foreign = this.#messages[other]!.subarray(start, end)
        return Buffer.concat([bytes.subarray(0, at), foreign, bytes.subarray(at)])
      }
    }
  }
}

function pick<T>(all: readonly T[], at: Place): T {
  return all[Math.floor(at * all.length)]!
}

/** Other changes may have moved or cut off what was there. */
function atOne(
  offsets: readonly number[],
  at: Place,
  bytes: Buffer,
  width: number,
  write: (offset: number) => void,
): Buffer {
  const offset = offsets.length === 0 ? bytes.length : pick(offsets, at)
  if (offset + width <= bytes.length) write(offset)
  return bytes
}

function checksummed(bytes: Buffer): Buffer {
  if (bytes.length < 20 || bytes.readInt32LE(12) !== OP_MSG) return bytes
  const longer = Buffer.concat([bytes, Buffer.alloc(4)])
  longer.writeInt32LE(longer.length, 0)
  longer.writeInt32LE(longer.readInt32LE(16) | 1, 16)
  longer.writeUInt32LE(crc32c(longer.subarray(0, -4)), longer.length - 4)
  return longer
}

function cut(bytes: Buffer, cuts: readonly Place[]): Buffer[] {
  const at = cuts.map((one) => Math.floor(one * bytes.length)).sort((a, b) => a - b)
  return [...at, bytes.length].map((end, index) => bytes.subarray(at[index - 1] ?? 0, end))
}
