import type { Step } from "./repository.ts";
import { scriptLoginOf } from "./script-logins.ts";
import { commandsOf, unquoted, type Command } from "./shell-commands.ts";

/** Programs that take no credential from their environment. */
const plain =
  /^(?:docker|podman|buildah|skopeo|crane|oras|helm|cosign|regctl|nerdctl|echo|printf|cd|set|export|true|false|test|\[|\[\[|if|then|else|fi|for|do|done|while|case|esac|mkdir|cp|mv|rm|ls|cat|tee|sleep|exit|\{|\}|!|tr|sed|awk|grep|cut|date|jq|head|tail|sort|basename|dirname|\w+=.*)$/;

/** Those of their commands that read variables whose names stand elsewhere, in a file. */
const indirect = /\b(?:compose|bake)\b/;

/**
 * Whether a variable of a step serves the logins of its script and nothing else: it is named nowhere
 * else there, and no program that is started could take it from its environment.
 */
export function isOnlyForLogin(step: Step, name: string): boolean {
  const script = step.run?.value ?? "";
  const commands = commandsOf(script);
  if (!commands) return false;
  const named = new RegExp(`\\b${name}\\b`, "gi");
  const feeding = new Set<Command>();
  for (const command of commands) {
    if (!scriptLoginOf(command)) continue;
    feeding.add(command);
    if (command.pipedFrom) feeding.add(command.pipedFrom);
  }
  const inLogins = [...feeding].flatMap(({ words, hereString }) =>
    [...words, ...(hereString ? [hereString] : [])].flatMap(({ text }) => text.match(named) ?? []),
  );
  const elsewhere = (script.match(named) ?? []).length - inLogins.length;
  const others = commands.filter((command) => !feeding.has(command));
  return elsewhere === 0 && others.every(isPlain);
}

function isPlain({ words }: Command): boolean {
  const [first = ""] = words.map(unquoted);
  return plain.test(first) && !indirect.test(words.map(({ text }) => text).join(" "));
}
