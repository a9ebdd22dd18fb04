import { commandLogin, type Target } from "../logins.ts";
import type { Step } from "../repository.ts";
import { shellWords } from "./logins.ts";
import { allCommandsOf, unquoted, type Command } from "./shell-commands.ts";

/** Programs that take no credential from their environment. */
const plain =
  /^(?:docker|podman|buildah|skopeo|crane|oras|helm|cosign|regctl|nerdctl|echo|printf|cd|set|export|read|true|false|test|\[|\[\[|fi|for|break|continue|done|case|esac|mkdir|cp|mv|rm|ls|cat|tee|sleep|exit|\}|tr|sed|awk|grep|cut|date|jq|head|tail|sort|basename|dirname)$/;

/** Those of their commands that read variables whose names stand elsewhere, in a file. */
const indirect = /\b(?:compose|bake)\b/;

/**
 * Whether only the logins of a step's script to the registry use a variable: the script does not name it
 * elsewhere, and starts no program that could read it from its environment.
 */
export function isOnlyForLogin(target: Target, step: Step, name: string): boolean {
  // nick-fields/retry gives the variables to these scripts, too.
  if (step.file.yaml.entries(step.file.yaml.at(step.node, "with")).some(isForRetries)) return false;
  const script = step.run?.value ?? "";
  const commands = allCommandsOf(script);
  if (!commands) return false;
  const named = new RegExp(`\\b${name}\\b`, "gi");
  const feeding = new Set<Command>();
  for (const command of commands) {
    if (commandLogin(target, step, command)?.registry !== "sure") continue;
    feeding.add(command);
    if (command.pipedFrom) feeding.add(command.pipedFrom);
  }
  const inLogins = [...feeding].flatMap(({ words, hereString, hereDocument }) =>
    [...words, hereString, hereDocument].flatMap((word) => word?.text.match(named) ?? []),
  );
  const elsewhere = (script.match(named) ?? []).length - inLogins.length;
  const others = commands.filter((command) => !feeding.has(command));
  return elsewhere === 0 && others.every(isPlain);
}

/** Whether a step's script does nothing with a variable but test whether it is set. */
export function isOnlyTested(step: Step, name: string): boolean {
  const commands = step.run ? allCommandsOf(step.run.value) : undefined;
  // `$TOKEN`, `${TOKEN`, `%TOKEN%`, `$env:TOKEN`, `env.TOKEN`: a message may name it.
  const read = new RegExp(`[$%{:.!]${name}\\b`, "i");
  return (
    commands?.every((command) => {
      const program = programOf(command) ?? "";
      const isTest = /^(?:test|\[|\[\[|:)$/.test(program);
      return isTest || (speaks.test(program) && !command.words.some(({ text }) => read.test(text)));
    }) === true
  );
}

/** Programs that only write texts or end, and words that end the shell's own blocks. */
const speaks = /^(?:echo|printf|true|false|exit|fi|)$/;

/** `on_retry_command`, `new_command_on_retry` */
function isForRetries({ key }: { readonly key: string }): boolean {
  return /on_retry/i.test(key);
}

/** The program that a command runs; `undefined` where it only sets variables. */
export function programOf({ words }: Command): string | undefined {
  const isBefore = (word: string) => shellWords.test(word) || /^\w+\+?=/.test(word);
  return words.map(unquoted).find((word) => !isBefore(word));
}

function isPlain(command: Command): boolean {
  const { words, hereString, hereDocument } = command;
  const program = programOf(command);
  if (program !== undefined && !plain.test(program)) return false;
  const line = words.map(({ text }) => text).join(" ");
  // The commands in there were not read.
  const runsMore = line.includes("`") || /`|\$\(/.test(`${hereString?.text}${hereDocument?.text}`);
  return !runsMore && !indirect.test(line);
}
