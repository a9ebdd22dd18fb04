import { expressionsIn } from "../expressions.ts";
import { unquoted, type Command, type Word } from "./shell-commands.ts";

/** A command that logs in to a registry, or gives a name and a password with what it pushes. */
export interface ScriptLogin {
  /** "docker login" */
  readonly tool: string;
  /** As written, without quotes. */
  readonly registry: string;
  /** The word that holds the password; `undefined` where it comes from a file or another program. */
  readonly password: Password | undefined;
  /** Whether it pushes by itself. */
  readonly pushes?: true;
}

interface Password extends Word {
  /** Whether it is a text that PowerShell pipes, without a program: `$env:TOKEN | docker login …`. */
  readonly isPiped?: true;
}

/** Programs whose `login` is to something else than a registry of images. */
const otherLogins =
  /^(?:gh|az|aws|gcloud|npm|yarn|pnpm|vault|argocd|oc|tsh|op|bw|firebase|netlify|terraform|pulumi|wrangler|cf|heroku|snyk|echo|printf)$/;

/** Options of all those clients that are followed by a value. */
const valued =
  /^(?:-u|--username|--user|-p|--password|--pass|--authfile|--cert-dir|--ca-file|--cert-file|--key-file|--registry-config|--config|--scope|-e|--email|--compat-auth-file)$/;

/** The login that a command is, to whatever registry; `undefined` where it is none. */
export function scriptLoginOf(command: Command): ScriptLogin | undefined {
  const plain = command.words.map(unquoted);
  // `regctl registry set ghcr.io --user … --pass …`
  const isSet = plain.join(" ").includes("regctl registry set ");
  const at = plain.indexOf(isSet ? "set" : "login");
  const program = plain.slice(0, at).findLast((word) => !word.startsWith("-")) ?? "";
  if (at < 1 || plain.slice(0, at).some((word) => otherLogins.test(baseOf(word)))) return undefined;
  let registry: string | undefined;
  let password: Word | undefined;
  let fromInput = false;
  for (let index = at + 1; index < plain.length; index += 1) {
    const word = plain[index] ?? "";
    const next = command.words[index + 1];
    if (/^\d*[<>]/.test(word)) break;
    if (/^--(?:password|pass)-stdin(?:=true)?$/.test(word)) fromInput = true;
    else if (/^--(?:password|pass)=/.test(word)) password = command.words[index];
    else if (/^-p[$%]/.test(command.words[index]?.text ?? ""))
      password = behindOption(command, index);
    else if (valued.test(word)) {
      if (/^(?:-p|--password|--pass)$/.test(word)) password = next;
      index += 1;
    } else if (!word.startsWith("-")) registry ??= word;
  }
  if (registry === undefined || (isSet && !password)) return undefined;
  return {
    tool: isSet ? "regctl registry set" : `${baseOf(program)} login`,
    registry,
    password: password ?? (fromInput ? inputOf(command) : undefined),
  };
}

function baseOf(program: string): string {
  return program.split("/").at(-1) ?? "";
}

/** Words of the shell that a program may follow. */
export const shellWords = /^(?:if|then|else|elif|do|while|until|!|\{|time)$/;

/** `-p$TOKEN` */
function behindOption({ words }: Command, index: number): Word | undefined {
  const word = words[index];
  return word && { ...word, text: word.text.slice(2), start: word.start + 2 };
}

/** What a command reads from its input, where that is one word. */
function inputOf({ pipedFrom, hereString, hereDocument }: Command): Password | undefined {
  if (hereString) return hereString;
  if (hereDocument) return onlyLine(hereDocument);
  if (!pipedFrom) return undefined;
  if (pipedFrom.hereDocument) {
    const isCat = pipedFrom.words.map(unquoted).join(" ") === "cat";
    return isCat ? onlyLine(pipedFrom.hereDocument) : undefined;
  }
  const begin = pipedFrom.words.findIndex((word) => !shellWords.test(word.text));
  const [first, ...rest] = pipedFrom.words.slice(Math.max(begin, 0));
  if (first && rest.length === 0)
    return /[$%"']/.test(first.text) ? { ...first, isPiped: true } : undefined;
  const program = baseOf(first ? unquoted(first) : "");
  const said = rest.filter(({ text }) => !/^-\w$/.test(text));
  if (/^(?:echo|Write-Output)$/i.test(program)) return said.length === 1 ? said[0] : undefined;
  if (program !== "printf") return undefined;
  const format = said[0] && unquoted(said[0]);
  if (said.length === 1) return said[0];
  return said.length === 2 && /^%s(?:\\n)?$/.test(format ?? "") ? said[1] : undefined;
}

function onlyLine({ text, start }: Word): Word | undefined {
  const line = text.trim();
  const from = start + text.indexOf(line);
  return line === "" || line.includes("\n")
    ? undefined
    : { text: line, start: from, end: from + line.length };
}

/**
 * The password of a command that pushes without a login: `--creds user:password` and the like.
 *
 * @see https://github.com/GoogleContainerTools/jib/blob/master/jib-gradle-plugin/README.md for `-Djib.to.auth.password=`
 */
export function pushedPassword(command: Command): Word | undefined {
  const isOras = command.words.some((word) => baseOf(unquoted(word)) === "oras");
  const option = isOras
    ? /^--?(?:to-)?(creds|password|p)(?:(=)|$)/
    : /^(?:--(?:dest-)?|-Djib\.to\.auth\.)(creds|password)(?:(=)|$)/;
  const at = command.words.findIndex(({ text }) => option.test(text));
  const [, kind, joined] = option.exec(command.words[at]?.text ?? "") ?? [];
  const word = joined === "=" ? command.words[at] : command.words[at + 1];
  if (!word || kind === undefined) return undefined;
  // The last part of "user:password" and "--creds=user:password".
  const expressions = expressionsIn(word.text);
  const isInside = (index: number) =>
    expressions.some(({ start, end }) => index >= start && index < end);
  const separators = [...word.text.matchAll(kind === "creds" ? /[:=]/g : /=/g)];
  const cut = separators.filter(({ index }) => !isInside(index)).at(-1);
  const from = cut ? cut.index + 1 : 0;
  return { text: word.text.slice(from), start: word.start + from, end: word.end };
}

/** `$TOKEN`, `${TOKEN}`, `${TOKEN:?not set}`, `$env:TOKEN`, `$($env:TOKEN)`, `%TOKEN%` */
const variables =
  /\$\(\s*\$env:(\w+)\s*\)|\$env:(\w+)|\$\{env:(\w+)\}|\$\{(\w+)(?::?\?[^}$`]*|:?-)?\}|\$(\w+)|%(\w+)%/gi;

/** What a word takes from one variable and nothing else, with where its name stands. */
export function variableIn(
  word: Word,
): { readonly name: string; readonly start: number; readonly end: number } | undefined {
  const found = [...word.text.matchAll(variables)];
  const [match] = found;
  const name = match?.slice(1).find((group) => (group as string | undefined) !== undefined);
  if (!match || name === undefined || found.length > 1 || word.text.startsWith("'"))
    return undefined;
  const end = match.index + match[0].length;
  if (!isAlone(word.text, match.index, end)) return undefined;
  return { name, start: word.start + match.index, end: word.start + end };
}

/** Whether a part of a word is all that a shell computes in it: `$(echo $TOKEN)` prints it only. */
export function isAlone(text: string, start: number, end: number): boolean {
  const printing = /\$\(\s*(?:echo|printf)\s[\s\w%'"-]*$/;
  return !/[$`]/.test(text.slice(0, start).replace(printing, "") + text.slice(end));
}
