import { spawn } from "node:child_process";
import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { printableLines } from "../printable.ts";
import { UsageError } from "../user-error.ts";
import { withoutSecrets } from "../without-secrets.ts";
import { describePatSource, type PatSource } from "./pat-source.ts";

export interface ReadPatOptions {
  /** What names the source, for messages: `ghcr-fleet:patFrom`. */
  readonly namedBy: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether a command may ask a person, and takes as long as that needs. */
  readonly interactive?: boolean;
  /** How long a command may take that asks nobody; default: a minute. */
  readonly milliseconds?: number;
  /** Aborted: the command is ended. */
  readonly signal?: AbortSignal;
}

export interface FoundPat {
  readonly pat: string;
  /** What is unsafe about its place. */
  readonly warning?: string;
}

/** More than any PAT has. */
const longest = 64 * 1024;

/**
 * Reads a PAT. Space around it, such as the end of its line, is removed.
 *
 * @throws {UsageError} what failed, where, and the next step; it never quotes what was read
 */
export async function readPat(source: PatSource, options: ReadPatOptions): Promise<FoundPat> {
  if ("env" in source) return { pat: readVariable(source.env, options) };
  if ("file" in source) return readFromFile(source.file, options);
  const output = await readOutput(source.command, options);
  return { pat: patAt("the output of the command", output) };
}

/**
 * @param from names the place: "standard input"
 * @throws {UsageError} the text cannot be a PAT
 */
export function assertPat(text: string, from: string): string {
  const pat = text.trim();
  // Anything else would be refused as a header, by an error that quotes it.
  if (/^[!-~]+$/.test(pat)) return pat;
  if (pat === "") throw new UsageError(`${from} contains no PAT`);
  throw new UsageError(
    /\s/.test(pat)
      ? `${from} contains more than one word`
      : `${from} contains characters that no PAT has`,
  );
}

/** @throws {UsageError} the place holds something else; with what it has to hold */
function patAt(place: string, text: string): string {
  try {
    return assertPat(text, place);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    throw new UsageError(`${error.message}: it has to hold the PAT and nothing else`);
  }
}

function readVariable(name: string, { namedBy, environment }: ReadPatOptions): string {
  const value = environment[name];
  if (value) return patAt(`the environment variable ${name}`, value);
  // A rotation has to have the new one.
  const isOption = namedBy.startsWith("--");
  throw new UsageError(
    `the environment variable ${name}, which ${namedBy} names, is not set: export it where pulumi or ghcr-fleet is started` +
      (isOption ? "" : ". A preview works without the PAT: GHCR_FLEET_WITHOUT_PAT=1"),
  );
}

async function readFromFile(path: string, { namedBy }: ReadPatOptions): Promise<FoundPat> {
  const named = `the file ${path}, which ${namedBy} names,`;
  // Opening a named pipe would wait for a writer.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK).catch(
    (error: unknown) => {
      const { code = "unknown error" } = error as NodeJS.ErrnoException;
      throw new UsageError(
        `${named} cannot be read (${code}): create it with nothing but the PAT in it, readable by you only`,
      );
    },
  );
  try {
    const stats = await file.stat();
    if (!stats.isFile() || stats.size > longest) {
      throw new UsageError(`${named} is no file with nothing but a PAT in it`);
    }
    const pat = patAt(`the file ${path}`, await file.readFile("utf8"));
    const isOpen = process.platform !== "win32" && (stats.mode & 0o004) !== 0;
    return isOpen
      ? { pat, warning: `${named} can be read by every user of this machine: chmod o-r ${path}` }
      : { pat };
  } finally {
    await file.close();
  }
}

/** The shell runs the command, so that quotes and variables mean what they mean in a terminal. */
async function readOutput(command: string, options: ReadPatOptions): Promise<string> {
  const { namedBy, environment, interactive = false, milliseconds = 60_000, signal } = options;
  const named = `${describePatSource({ command })}, which ${namedBy} names,`;
  const child = spawn(command, {
    shell: true,
    env: { ...environment },
    stdio: [interactive ? "inherit" : "ignore", "pipe", interactive ? "inherit" : "pipe"],
    // As the first of its group, it can be ended together with what it started.
    detached: !interactive,
  });
  let [output, errors] = ["", ""];
  let why: string | undefined;
  const end = (reason: string) => {
    why ??= reason;
    endGroup(child.pid, interactive);
  };
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    output += text;
    if (output.length > longest) end("printed more than a PAT");
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-longest);
  });
  const timer = interactive
    ? undefined
    : setTimeout(() => end(`took more than ${milliseconds / 1000} s`), milliseconds);
  const stop = () => end("was stopped");
  signal?.addEventListener("abort", stop);
  try {
    const ended = await new Promise<number | string | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code, killedBy) => resolve(code ?? killedBy));
    });
    if (ended === 0 && why === undefined) return output;
    const said = withoutTokens(errors, output).trim();
    throw new UsageError(
      `${named} ${why ?? `ended with ${ended}`}, so there is no PAT: run it in a terminal to see why` +
        (said === "" ? "" : `. It said:\n${printableLines(said.slice(-1000))}`),
    );
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** What a command said about its failure; it may repeat what it printed, or show another token. */
function withoutTokens(errors: string, output: string): string {
  const words = output.split(/\s+/).filter((word) => word.length >= 8);
  return withoutSecrets(errors, words).replaceAll(/\b(?:gh[a-z]_|github_pat_)\w{16,}/g, "[secret]");
}

function endGroup(pid: number | undefined, isOurs: boolean): void {
  if (pid === undefined) return;
  try {
    process.kill(isOurs || process.platform === "win32" ? pid : -pid, "SIGKILL");
  } catch {
    // It has ended.
  }
}
