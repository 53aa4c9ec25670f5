/**
 * Document validation: a collection's filter that documents must pass to be written, and what is
 * said of one that does not.
 */
export { checkValidator } from './check_validator.ts'
export { validateDocument } from './validate_document.ts'
