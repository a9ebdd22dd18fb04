import { endOfExpression } from "../expressions.ts";

/** A word of a command as it is written, quotes included. */
export interface Word {
  readonly text: string;
  /** Offset in the script. */
  readonly start: number;
  readonly end: number;
}

/** A simple command: its words, and what its input comes from. */
export interface Command {
  readonly words: readonly Word[];
  /** The command before it in a pipe. */
  readonly pipedFrom: Command | undefined;
  /** What `<<<` gives it. */
  readonly hereString: Word | undefined;
  /** The lines between `<<EOF` and `EOF`. */
  readonly hereDocument: Word | undefined;
}

interface Reading {
  readonly script: string;
  at: number;
  readonly commands: Command[];
  words: Word[];
  pipedFrom: Command | undefined;
  hereString: Word | undefined;
  /** Delimiters whose bodies begin with the next line. */
  awaited: { readonly delimiter: string; readonly command: { hereDocument?: Word } }[];
  ownDocument: { hereDocument?: Word };
}

/**
 * The commands of a shell script, as far as workflows need it: quotes, pipes, here-documents, and `${{ }}`,
 * which GitHub replaces before a shell reads the script. The text in `$( )` is part of a word. `undefined` if a
 * quote is left open: PowerShell and cmd have other rules.
 */
export function commandsOf(script: string): readonly Command[] | undefined {
  const reading: Reading = {
    script,
    at: 0,
    commands: [],
    words: [],
    pipedFrom: undefined,
    hereString: undefined,
    awaited: [],
    ownDocument: {},
  };
  while (reading.at < script.length) if (!readNext(reading)) return undefined;
  endCommand(reading);
  return reading.commands;
}

/** @returns false where the script cannot be read on */
function readNext(reading: Reading): boolean {
  const { script, at } = reading;
  const rest = script.slice(at, at + 3);
  const continued = /^[\\`^]\r?\n/.exec(rest);
  if (continued) reading.at += continued[0].length;
  else if (rest.startsWith("\n")) {
    endCommand(reading);
    reading.at += 1;
    readDocuments(reading);
  } else if (/^\s/.test(rest)) reading.at += 1;
  else if (rest.startsWith("#")) reading.at = endOfLine(script, at);
  else if (rest.startsWith("<<<")) {
    reading.at += 3;
    skipBlanks(reading);
    reading.hereString = readWord(reading);
    return reading.hereString !== undefined;
  } else if (rest.startsWith("<<")) return readDelimiter(reading);
  else if (/^\|(?!\|)/.test(rest)) {
    const command = endCommand(reading);
    reading.pipedFrom = command;
    reading.at += rest.startsWith("|&") ? 2 : 1;
  } else if (/^[;&|()]/.test(rest)) {
    endCommand(reading);
    reading.at += 1;
  } else if (/^[<>]/.test(rest)) {
    const [redirection = ""] = /^[<>]+&?\d*/.exec(rest) ?? [];
    reading.words.push({ text: redirection, start: at, end: at + redirection.length });
    reading.at += redirection.length;
  } else {
    const word = readWord(reading);
    if (!word) return false;
    // The number of what is redirected, as in `2>&1`.
    const isNumber = /^\d+$/.test(word.text) && /[<>]/.test(script.charAt(reading.at));
    if (!isNumber) reading.words.push(word);
  }
  return true;
}

function endCommand(reading: Reading): Command | undefined {
  const { words, pipedFrom, hereString, ownDocument } = reading;
  // A line may end behind `|`, and the next command follows.
  if (words.length === 0) return undefined;
  reading.words = [];
  reading.pipedFrom = undefined;
  reading.hereString = undefined;
  reading.ownDocument = {};
  const command = Object.assign(ownDocument, { words, pipedFrom, hereString }) as Command;
  reading.commands.push(command);
  return command;
}

function readDelimiter(reading: Reading): boolean {
  reading.at += 2;
  if (reading.script[reading.at] === "-") reading.at += 1;
  skipBlanks(reading);
  const word = readWord(reading);
  if (!word) return false;
  const delimiter = word.text.replaceAll(/["'\\]/g, "");
  reading.awaited.push({ delimiter, command: reading.ownDocument });
  return true;
}

function readDocuments(reading: Reading): void {
  const { script } = reading;
  for (const { delimiter, command } of reading.awaited) {
    const start = reading.at;
    let end = start;
    while (reading.at < script.length) {
      const next = endOfLine(script, reading.at);
      const line = script.slice(reading.at, next);
      reading.at = next + 1;
      if (line.trim() === delimiter) break;
      end = next;
    }
    command.hereDocument = { text: script.slice(start, end), start, end };
  }
  reading.awaited = [];
}

function endOfLine(text: string, from: number): number {
  const end = text.indexOf("\n", from);
  return end < 0 ? text.length : end;
}

function skipBlanks(reading: Reading): void {
  while (/[ \t]/.test(reading.script[reading.at] ?? "")) reading.at += 1;
}

function readWord(reading: Reading): Word | undefined {
  const { script, at: start } = reading;
  let at = start;
  while (at < script.length) {
    if (script.startsWith("${{", at)) {
      const close = endOfExpression(script, at + 3);
      if (close < 0) return undefined;
      at = close + 2;
    } else if (/[\s;&|()<>]/.test(script.charAt(at))) break;
    else {
      const end = endOfPart(script, at);
      if (end === undefined) return undefined;
      at = end;
    }
  }
  reading.at = at;
  return at > start ? { text: script.slice(start, at), start, end: at } : undefined;
}

/** Behind one character of a word, or behind what it opens; `undefined` where nothing closes it. */
function endOfPart(script: string, at: number): number | undefined {
  const character = script[at];
  if (character === "\\") return at + 2;
  if (character === "'") return behind(script, "'", at + 1);
  if (character === '"') return endOfQuoted(script, at + 1);
  if (character === "`") return behind(script, "`", at + 1);
  if (script.startsWith("$(", at)) return endOfSubstitution(script, at + 2);
  if (script.startsWith("${", at)) return behind(script, "}", at + 2);
  return at + 1;
}

function behind(script: string, sign: string, from: number): number | undefined {
  const found = script.indexOf(sign, from);
  return found < 0 ? undefined : found + 1;
}

function endOfQuoted(script: string, from: number): number | undefined {
  let at: number | undefined = from;
  while (at !== undefined && at < script.length) {
    if (script[at] === '"') return at + 1;
    if (script.startsWith("${{", at)) at = behind(script, "}}", at + 3);
    else if (script[at] === "\\") at += 2;
    else if (script.startsWith("$(", at)) at = endOfSubstitution(script, at + 2);
    else at += 1;
  }
  return undefined;
}

function endOfSubstitution(script: string, from: number): number | undefined {
  let depth = 1;
  let at: number | undefined = from;
  while (at !== undefined && at < script.length) {
    const character: string = script.charAt(at);
    if (character === "(") depth += 1;
    if (character === ")") depth -= 1;
    if (depth === 0) return at + 1;
    at = character === "(" || character === ")" ? at + 1 : endOfPart(script, at);
  }
  return undefined;
}

/** The commands of a script, and those in the `$( )` of their words. */
export function allCommandsOf(script: string): readonly Command[] | undefined {
  const commands = commandsOf(script);
  const nested = commands?.flatMap(({ words }) =>
    words.flatMap(({ text }) => substitutionsIn(text).flatMap((each) => allCommandsOf(each) ?? [])),
  );
  return commands && nested && [...commands, ...nested];
}

function substitutionsIn(text: string): string[] {
  const found: string[] = [];
  let start = text.indexOf("$(");
  while (start >= 0) {
    const end = endOfSubstitution(text, start + 2);
    if (end === undefined) break;
    // `$(( ))` computes a number.
    if (text[start + 2] !== "(") found.push(text.slice(start + 2, end - 1));
    start = text.indexOf("$(", end);
  }
  return found;
}

/** A word without the quotes around it or around its parts; those in an expression are GitHub's. */
export function unquoted({ text }: Word): string {
  return text.replaceAll(
    /\$\{\{.*?\}\}|(["'])((?:\$\{\{.*?\}\}|(?!\1)[^])*)\1/g,
    (whole: string, quote: string | undefined, inner: string) => (quote ? inner : whole),
  );
}
