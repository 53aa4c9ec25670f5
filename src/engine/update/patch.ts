/**
 * What an update changed, as data: the description that an oplog entry or a change stream is made
 * from.
 *
 * Patches are as small as the change: a field set deep in a document is one patch at its path; a
 * field made below a missing parent is one patch at the parent, with all that is in it. Elements
 * appended to an array are one patch each. They are sorted by path.
 */
import { type Document, fieldOf, isDocument } from '../../bson/index.ts'
import { areIdentical } from './identical.ts'
import { comparePaths } from './update_path.ts'

export type Patch =
  | { readonly op: 'set'; readonly path: readonly string[]; readonly value: unknown }
  | { readonly op: 'unset'; readonly path: readonly string[] }
  /** The whole document, by a replacement; the path is empty. */
  | { readonly op: 'replace'; readonly path: readonly []; readonly value: Document }

export function sortPatches(patches: Patch[]): Patch[] {
  return patches.sort((a, b) => comparePaths(a.path, b.path))
}

/**
 * The patches between two versions that differ at most at the given paths, none of which leads
 * through an array. Costs a walk along each path, and only when somebody asks.
 */
export function patchesAlong(
  before: Document,
  after: Document,
  paths: readonly (readonly string[])[],
): Patch[] {
  const patches: Patch[] = []
  const seen = new Set<string>()
  for (const path of paths) {
    for (const patch of patchesAt(before, after, path)) {
      // Two paths may share the parent that had to be made for them.
      const key = JSON.stringify(patch.path)
      if (!seen.has(key)) patches.push(patch)
      seen.add(key)
    }
  }
  return sortPatches(patches)
}

/**
 * The patches between any two versions. Where fields only went, changed or were appended, in the
 * order of their names, they are told one by one; else the whole document is told, for the order of
 * fields counts.
 */
export function patchesBetween(before: Document, after: Document): Patch[] {
  const patches: Patch[] = []
  if (!collectPatches(before, after, [], patches)) {
    return [{ op: 'replace', path: [], value: after }]
  }
  return sortPatches(patches)
}

/** False where the order of fields changed. */
function collectPatches(
  before: Document,
  after: Document,
  path: readonly string[],
  into: Patch[],
): boolean {
  const kept = Object.keys(before).filter((name) => Object.hasOwn(after, name))
  const names = Object.keys(after)
  if (kept.some((name, i) => names[i] !== name)) return false
  // Patches are applied in the order of their paths, and so are new fields appended.
  const added = names.slice(kept.length)
  if (added.some((name, i) => i > 0 && comparePaths([added[i - 1]!], [name]) > 0)) return false
  for (const name in before) {
    if (!Object.hasOwn(after, name)) into.push({ op: 'unset', path: [...path, name] })
  }
  for (const name of names) {
    const here = [...path, name]
    const fresh = after[name]
    const old = Object.hasOwn(before, name) ? before[name] : undefined
    if (areIdentical(old, fresh)) continue
    const isDeep = isDocument(old) && isDocument(fresh)
    if (isDeep && collectPatches(old, fresh, here, into)) continue
    into.push(...setPatches(here, old, fresh))
  }
  return true
}

/** Follows one path through both versions, down to where they part. */
function patchesAt(before: Document, after: Document, path: readonly string[]): Patch[] {
  let old: unknown = before
  let fresh: unknown = after
  for (let depth = 1; depth <= path.length; depth++) {
    const name = path[depth - 1]!
    old = isDocument(old) ? fieldOf(old, name) : undefined
    fresh = isDocument(fresh) ? fieldOf(fresh, name) : undefined
    if (Object.is(old, fresh)) return []
    const here = path.slice(0, depth)
    if (fresh === undefined) return [{ op: 'unset', path: here }]
    if (old === undefined) return [{ op: 'set', path: here, value: fresh }]
  }
  return setPatches(path, old, fresh)
}

/** One value for another; appended elements one by one. */
function setPatches(path: readonly string[], old: unknown, fresh: unknown): Patch[] {
  if (!Array.isArray(old) || !Array.isArray(fresh) || !isExtension(old, fresh)) {
    return [{ op: 'set', path, value: fresh }]
  }
  return fresh.slice(old.length).map((value, i) => ({
    op: 'set',
    path: [...path, String(old.length + i)],
    value,
  }))
}

/** Whether an array is another with elements appended. */
export function isExtension(old: readonly unknown[], fresh: readonly unknown[]): boolean {
  return fresh.length > old.length && old.every((element, i) => Object.is(element, fresh[i]))
}
