/** How the process ends. Source: exit_code.h (8.0). */
export const EXIT_CODES = {
  clean: 0,
  fail: 1,
  badOptions: 2,
  /** Its address is taken, or can't be listened at. */
  netError: 48,
  /** Something that it was told of is not there, such as a folder or a file. */
  uncaught: 100,
} as const
