/** What an attempt fails with. It is an error if it does not. */
export async function failure(attempt: Promise<unknown>): Promise<Error> {
  try {
    await attempt
  } catch (error) {
    return error as Error
  }
  throw new Error('It did not fail.')
}
