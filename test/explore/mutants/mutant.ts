/**
 * A deliberately broken engine. Modules whose functions a mutant replaces are mocked by the test
 * that runs it (`switchable`), and methods are replaced on their prototypes: production code knows
 * nothing of it and pays nothing for it.
 */
type Callable = (...args: never[]) => unknown

/** A method of a class, and what takes its place while the mutant is on. */
export interface MethodPatch {
  readonly target: object
  readonly method: string
  replace(original: Callable): Callable
}

export interface Mutant {
  readonly name: string
  /** What such an engine does wrong, in a sentence. */
  readonly fault: string
  /** Functions of mocked modules, by name. */
  readonly functions?: Readonly<Record<string, (original: Callable) => Callable>>
  readonly methods?: readonly MethodPatch[]
}

const replaced = new Map<string, (original: Callable) => Callable>()
let undo: (() => void)[] = []
let isOn = false

/**
 * The exports of a module, with each function looked up at every call, so that a mutant can take
 * its place.
 */
export function switchable(module: Record<string, unknown>): Record<string, unknown> {
  const exports: Record<string, unknown> = {}
  for (const [name, value] of Object.entries(module)) {
    if (typeof value !== 'function' || isClass(value)) {
      exports[name] = value
      continue
    }
    const original = value as Callable
    exports[name] = (...args: never[]) => (replaced.get(name)?.(original) ?? original)(...args)
  }
  return exports
}

function isClass(value: object): boolean {
  return value.toString().startsWith('class ')
}

/**
 * The engine's own assertions would find most mutants before anybody saw anything. They are off
 * while one is on, so that what finds it is what clients see.
 */
export function switchableInvariant(original: Callable): Callable {
  return (...args: never[]) => (isOn ? undefined : original(...args))
}

/** Runs something on the broken engine. */
export async function withMutant<T>(
  { functions = {}, methods = [] }: Mutant,
  run: () => Promise<T>,
): Promise<T> {
  for (const [name, replace] of Object.entries(functions)) replaced.set(name, replace)
  for (const { target, method, replace } of methods) {
    const object = target as Record<string, Callable>
    const original = object[method]
    if (original === undefined) throw new Error(`there is no method ${method} to break`)
    object[method] = replace(original)
    undo.push(() => {
      object[method] = original
    })
  }
  isOn = true
  try {
    return await run()
  } finally {
    isOn = false
    replaced.clear()
    for (const restore of undo) restore()
    undo = []
  }
}
