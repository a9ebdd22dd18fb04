import { printableLines } from "../../printable.ts";
import { UserError } from "../../user-error.ts";

/**
 * The text that is printed for an error that ended the command. For a bug it is the stack trace only, and
 * for a failure of the engine only its error lines: the other fields of such errors may contain tokens,
 * because the engine was asked for configuration and state in clear.
 */
export async function explainError(error: unknown): Promise<string> {
  if (error instanceof UserError) return printableLines(error.message);
  if (!(error instanceof Error)) return `${bug}: ${typeof error} was thrown`;
  if (isOfEngine(error)) {
    const { engineErrors } = await import("../../stack/engine-errors.ts");
    const reasons = engineErrors(error);
    return printableLines(
      reasons.length > 0 ? reasons.join("\n") : "the engine failed and gave no reason",
    );
  }
  return printableLines(explainSystemError(error) ?? `${bug}: ${error.stack ?? error.message}`);
}

/** What the system refuses, by code; `{}` is the file. */
const systemReasons: Readonly<Record<string, string>> = {
  EACCES: "{} may not be read or written: change its permissions, or run as another user",
  EBUSY: "{} is in use by another program: close that, then run again",
  EDQUOT:
    "{} cannot be written, because your disk quota is used up: free some space, then run again",
  EEXIST: "{} exists already: move it away, then run again",
  EIO: "{} cannot be read or written, because the device failed: check the disk, then run again",
  EISDIR: "{} is a folder, and a file is expected: name another file",
  ELOOP: "{} is a link that leads to itself: remove the link",
  EMFILE:
    "{} cannot be opened, because too many files are open: raise the limit (ulimit -n), then run again",
  ENAMETOOLONG: "{} is too long as the name of a file: use a shorter one",
  ENOENT: "{} does not exist: create it, or correct the name",
  ENOSPC: "{} cannot be written, because the disk is full: free some space, then run again",
  ENOTDIR: "{} is below something that is no folder: correct the path",
  EPERM: "{} may not be changed: change its permissions, or run as another user",
  EROFS: "{} cannot be written, because its file system is read-only: use another folder",
};

/**
 * The sentence for what the file system, or the start of a program, refused; nothing for other errors.
 *
 * @param file where the error does not name it
 */
export function explainSystemError(error: unknown, file = "a file"): string | undefined {
  const { code = "", syscall, path = file } = error as NodeJS.ErrnoException;
  const reason = systemReasons[code];
  if (reason === undefined || syscall === undefined || isOfNetwork(syscall)) return undefined;
  if (syscall.startsWith("spawn")) {
    return code === "ENOENT"
      ? `the program ${path} is not installed, or not on PATH: install it, then run again (ENOENT)`
      : undefined;
  }
  return `${reason.replace("{}", () => path)} (${code})`;
}

function isOfNetwork(syscall: string): boolean {
  return ["connect", "getaddrinfo", "listen", "bind"].includes(syscall);
}

const bug = "a bug in ghcr-fleet, please report it";

/** Checked by a field and a name, because loading what runs the engine takes long and some verbs do not need it. */
function isOfEngine(error: Error): boolean {
  return "commandResult" in error || error.name === "EngineError";
}
