/**
 * GitHub's tokens: a prefix for the type, and at least 20 characters.
 * https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
 */
const tokenShape = /(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})/;

/** A sequence of letters and digits that no person would choose as a name. */
const randomShape = /(?=[A-Za-z0-9+=_]*\d)(?=[A-Za-z0-9+=_]*[A-Za-z])[A-Za-z0-9+=_]{20,}/;

const nameShape = /^[\w. -]{1,100}$/;

/** Long enough for a token. Registry logins are stored as base64 of `user:token`. */
const base64 = /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{32,}/g;

/** Four letters encode three bytes, so text before a token may change its first letters. */
const startsInQuadruple = [0, 1, 2, 3];

const decode = (run: string) => Buffer.from(run, "base64").toString("latin1");

/** Whether a text contains a token, in clear or in base64. */
export function holdsToken(text: string): boolean {
  if (tokenShape.test(text)) return true;
  return (text.match(base64) ?? []).some((run) =>
    startsInQuadruple.some((start) => tokenShape.test(decode(run.slice(start)))),
  );
}

/**
 * The text, if it looks like a name or a path of names and not like a secret: only then may a message
 * quote it.
 */
export function safeToPrint(text: unknown): string | undefined {
  if (typeof text !== "string" || holdsToken(text)) return undefined;
  const harmless = text
    .split(/[/:@]/)
    .every((part) => part === "" || (nameShape.test(part) && !randomShape.test(part)));
  return harmless ? text : undefined;
}
