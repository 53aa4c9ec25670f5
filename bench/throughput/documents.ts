/** The documents of the benchmark: about 150 bytes flat, about 650 bytes nested; ids shuffled. */

export type Shape = 'flat' | 'nested'

export interface FlatDocument {
  _id: string
  k: number
  n: number
  name: string
  email: string
  city: string
  active: boolean
  score: number
}

export interface NestedDocument extends FlatDocument {
  address: { street: string; zip: string; geo: { lat: number; lon: number } }
  tags: string[]
  items: { sku: string; qty: number; price: number; note: string }[]
  history: { at: number; by: string; what: string }[]
}

export type BenchDocument = FlatDocument | NestedDocument

/** sfc32-like: the same documents in every run and every peer. */
export function generator(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x9e3779b9) >>> 0
    let x = state
    x = Math.imul(x ^ (x >>> 16), 0x21f0aaad)
    x = Math.imul(x ^ (x >>> 15), 0x735a2d97)
    return (x ^ (x >>> 15)) >>> 0
  }
}

/** Flat strings, as ids that came over a wire are, and not the ropes that `padStart` makes. */
export function idOf(i: number): string {
  const text = (BigInt(i) * 2654435761n + 0x1_0000_0000_0000n).toString(16).padStart(24, '0')
  return Buffer.from(text, 'latin1').toString('latin1')
}

export function documentOf(shape: Shape, i: number): BenchDocument {
  const flat: FlatDocument = {
    _id: idOf(i),
    k: i,
    n: 0,
    name: `user-${i}`,
    email: `user-${i}@example.org`,
    city: CITIES[i % CITIES.length] as string,
    active: i % 3 === 0,
    score: i / 7,
  }
  if (shape === 'flat') return flat
  return {
    ...flat,
    address: {
      street: `${i % 400} Long Street`,
      zip: `${10_000 + (i % 80_000)}`,
      geo: { lat: i / 9, lon: -i / 11 },
    },
    tags: ['alpha', `tag-${i % 50}`, 'omega'],
    items: [0, 1, 2].map((j) => ({
      sku: `sku-${i}-${j}`,
      qty: j + 1,
      price: 9.99 + j,
      note: 'handle with care',
    })),
    history: [0, 1].map((j) => ({ at: 1_700_000_000 + i + j, by: 'system', what: 'created' })),
  }
}

export function shuffled(count: number, seed: number): Int32Array {
  const order = Int32Array.from({ length: count }, (_, i) => i)
  const next = generator(seed)
  for (let i = count - 1; i > 0; i--) {
    const j = next() % (i + 1)
    const held = order[i] as number
    order[i] = order[j] as number
    order[j] = held
  }
  return order
}

const CITIES = ['Lisbon', 'Oslo', 'Turin', 'Graz', 'Porto', 'Bergen', 'Lyon']
