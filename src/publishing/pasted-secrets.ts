import { pushedPassword, scriptLoginOf } from "./read/script/logins.ts";
import { allCommandsOf, unquoted, type Command, type Word } from "./read/script/shell-commands.ts";

/** Stands in for a secret in what is shown or stored. */
export const masked = "[secret]";

/** Somebody may have pasted a token into a file. */
export function withoutTokens(text: string): string {
  return text.replaceAll(/\b(?:gh[a-z]_|github_pat_|dckr_pat_)\w{16,}/g, masked);
}

/** Masks tokens, and these passwords where they are whole words. */
export function withoutPasswords(text: string, passwords: readonly string[]): string {
  return passwords.reduce(
    (rest, password) => rest.replaceAll(wholeWord(password), masked),
    withoutTokens(text),
  );
}

function wholeWord(text: string): RegExp {
  const plain = text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
  return new RegExp(String.raw`(?<!\w)${plain}(?!\w)`, "g");
}

/** Passwords that the logins and pushes of a script contain as plain text; the longest first. */
export function pastedPasswords(script: string): string[] {
  if (!/login|creds|password|registry set/.test(script)) return [];
  // PowerShell and cmd have quotes of their own, which leave a script unreadable as a whole.
  const commands =
    allCommandsOf(script) ?? script.split("\n").flatMap((line) => allCommandsOf(line) ?? []);
  return commands
    .flatMap((command) => passwordsOf(command).filter(isPlainText))
    .flatMap((word) => [word.text, unquoted(word).replaceAll(/^["']|["']$/g, "")])
    .filter((text) => /\w/.test(text))
    .toSorted((one, other) => other.length - one.length);
}

/** Without a registry, `docker login` is to Docker Hub. */
function withRegistry(command: Command): Command {
  const at = command.words.findIndex((word) => unquoted(word) === "login");
  const registry = { text: "docker.io", start: 0, end: 0 };
  return at < 0 ? command : { ...command, words: command.words.toSpliced(at + 1, 0, registry) };
}

function passwordsOf(command: Command): Word[] {
  const words = [scriptLoginOf(withRegistry(command))?.password, pushedPassword(command)];
  return words.flatMap((word) => {
    if (!word) return [];
    const [option = ""] = /^--(?:password|pass)=/.exec(word.text) ?? [];
    return [{ ...word, text: word.text.slice(option.length) }];
  });
}

/** Whether a word holds no expression and nothing that a shell replaces. */
function isPlainText({ text }: Word): boolean {
  return text.startsWith("'") ? !text.includes("${{") : !/\$[\w{(]|%\w+%|`/.test(text);
}
