/**
 * The code with which the system, or Node, refused something, such as ENOENT.
 *
 * @param {unknown} error
 * @returns {unknown} nothing where it has none
 * @see https://nodejs.org/api/errors.html#errorcode
 */
export function codeOf(error) {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
