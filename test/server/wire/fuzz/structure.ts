/** Where the parts of a recorded message are: the places at which a change means something. */

/** Offsets into one message, by what stands there. */
export interface Structure {
  /** Lengths of documents, sequences, strings and binary data: four bytes each. */
  readonly lengths: readonly number[]
  /** What has a length of its own that other things are counted in. */
  readonly containers: readonly Container[]
  readonly elements: readonly Element[]
  /** The kind in front of a section. */
  readonly kinds: readonly number[]
  /** Where whole parts begin and end: sections, documents, elements. */
  readonly parts: readonly (readonly [start: number, end: number])[]
}

export interface Container {
  readonly lengthAt: number
  readonly end: number
}

/** A field of a document: its type in a byte, its name, its value. */
export interface Element {
  readonly start: number
  readonly valueAt: number
  readonly end: number
}

interface Found {
  readonly lengths: number[]
  readonly containers: Container[]
  readonly elements: Element[]
  readonly kinds: number[]
  readonly parts: [number, number][]
}

const OP_QUERY = 2004
const OP_MSG = 2013

/** @param message a sound one, not compressed or not looked into */
export function structureOf(message: Buffer): Structure {
  const found: Found = { lengths: [], containers: [], elements: [], kinds: [], parts: [] }
  found.parts.push([0, contain(0, message.length, found)])
  const opCode = message.readInt32LE(12)
  if (opCode === OP_QUERY) {
    readDocument(message, message.indexOf(0, 20) + 1 + 8, found)
  } else if (opCode === OP_MSG) {
    for (let at = 20; at < message.length; ) at = readSection(message, at, found)
  }
  return found
}

function contain(lengthAt: number, end: number, found: Found): number {
  found.lengths.push(lengthAt)
  found.containers.push({ lengthAt, end })
  return end
}

function readSection(message: Buffer, start: number, found: Found): number {
  found.kinds.push(start)
  let at = start + 1
  if (message[start] === 0) {
    at = readDocument(message, at, found)
  } else {
    const end = contain(at, at + message.readInt32LE(at), found)
    at = message.indexOf(0, at + 4) + 1
    while (at < end) at = readDocument(message, at, found)
  }
  found.parts.push([start, at])
  return at
}

function readDocument(message: Buffer, start: number, found: Found): number {
  const end = contain(start, start + message.readInt32LE(start), found)
  found.parts.push([start, end])
  for (let at = start + 4; at < end - 1; ) {
    const element = at
    const valueAt = message.indexOf(0, at + 1) + 1
    at = readValue(message, valueAt, message[at] as number, found)
    found.elements.push({ start: element, valueAt, end: at })
    found.parts.push([element, at])
  }
  return end
}

/** The bytes of values that always have the same number of them. */
const FIXED: Readonly<Record<number, number>> = {
  1: 8,
  7: 12,
  8: 1,
  9: 8,
  10: 0,
  16: 4,
  17: 8,
  18: 8,
  19: 16,
  127: 0,
  255: 0,
}

function readValue(message: Buffer, at: number, type: number, found: Found): number {
  const fixed = FIXED[type]
  if (fixed !== undefined) return at + fixed
  if (type === 3 || type === 4) return readDocument(message, at, found)
  if (type === 11) return message.indexOf(0, message.indexOf(0, at) + 1) + 1
  const length = message.readInt32LE(at)
  if (type === 15) return contain(at, at + length, found)
  found.lengths.push(at)
  if (type === 5) return at + 5 + length
  return at + 4 + length
}
