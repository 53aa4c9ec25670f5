/** From the tree of a filter to a function. Everything that can be decided once is decided here. */
import { type Document, isDocument, parsePath, someLeafAt, someValueAt } from '../../bson/index.ts'
import type { Expression, Leaf, ValueTest } from './expression.ts'

/** Whether a document satisfies the expression. */
export type Predicate = (document: Document) => boolean

export function compilePredicate(expression: Expression): Predicate {
  switch (expression.kind) {
    case 'leaf':
      return compileLeaf(expression)
    case 'constant':
      return expression.value ? () => true : () => false
    case 'computed':
      return expression.test
    case 'not': {
      const child = compilePredicate(expression.child)
      return (document) => !child(document)
    }
    case 'and':
      return all(expression.children.map(compilePredicate))
    case 'or':
      return any(expression.children.map(compilePredicate))
    case 'nor': {
      const some = any(expression.children.map(compilePredicate))
      return (document) => !some(document)
    }
  }
}

/**
 * Most paths are one name, and most values no arrays: those cost one property read and the test.
 */
function compileLeaf({ path, test, wholeArray }: Leaf): Predicate {
  const parsed = parsePath(path)
  if (parsed.parts.length > 1 || parsed.inherited) {
    return wholeArray
      ? (document) => someLeafAt(document, parsed, test)
      : (document) => someValueAt(document, parsed, test)
  }
  if (wholeArray) return (document) => test(document[path])
  return (document) => {
    const value = document[path]
    return Array.isArray(value) ? value.some(test) || test(value) : test(value)
  }
}

/**
 * The same question asked of one value, as a value `$elemMatch` asks it of each element: paths are
 * empty, and arrays are not entered.
 */
export function compileElementTest(expression: Expression): ValueTest {
  switch (expression.kind) {
    case 'leaf':
      return expression.test
    case 'constant':
      return expression.value ? () => true : () => false
    case 'computed':
      return (value) => isDocument(value) && expression.test(value)
    case 'not': {
      const child = compileElementTest(expression.child)
      return (value) => !child(value)
    }
    case 'and':
      return all(expression.children.map(compileElementTest))
    case 'or':
      return any(expression.children.map(compileElementTest))
    case 'nor': {
      const some = any(expression.children.map(compileElementTest))
      return (value) => !some(value)
    }
  }
}

type Test<T> = (value: T) => boolean

function all<T>(tests: readonly Test<T>[]): Test<T> {
  const [first, second] = tests
  if (first === undefined) return () => true
  if (second === undefined) return first
  if (tests.length === 2) return (value) => first(value) && second(value)
  return (value) => {
    for (let i = 0; i < tests.length; i++) {
      if (!tests[i]!(value)) return false
    }
    return true
  }
}

function any<T>(tests: readonly Test<T>[]): Test<T> {
  return (value) => {
    for (let i = 0; i < tests.length; i++) {
      if (tests[i]!(value)) return true
    }
    return false
  }
}
