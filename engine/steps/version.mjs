/**
 * The first version in what a program prints about itself: `v3.259.0`, `go1.26.8`,
 * `go version go1.27rc1 linux/amd64`. A missing part counts as 0; suffixes are left out.
 *
 * @param {string} text
 * @returns {[major: number, minor: number, patch: number] | undefined}
 */
export function parseVersion(text) {
  const found = /(\d+)\.(\d+)(?:\.(\d+))?/.exec(text);
  return found ? [Number(found[1]), Number(found[2]), Number(found[3] ?? 0)] : undefined;
}

/**
 * Is the version in `text` at least `least`? A text without a version is not.
 *
 * @param {string} text
 * @param {string} least
 */
export function isAtLeast(text, least) {
  const [have, want] = [parseVersion(text), parseVersion(least)];
  if (!have || !want) return false;
  const different = have.findIndex((part, at) => part !== want[at]);
  return different === -1 || (have[different] ?? 0) > (want[different] ?? 0);
}
