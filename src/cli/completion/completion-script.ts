import type { Command } from "commander";

export type Shell = "bash" | "zsh" | "fish";

interface Verb {
  readonly name: string;
  readonly description: string;
  readonly options: readonly { readonly flag: string; readonly description: string }[];
  /** Words that its argument may be; stacks are found when the shell asks. */
  readonly words: readonly string[];
  readonly takesStacks: boolean;
}

/** The script that completes the program's verbs, their options, and the stacks of the folder. */
export function completionScript(shell: Shell, program: Command): string {
  const verbs = program.commands.map(verbOf);
  switch (shell) {
    case "bash":
      return bashScript(verbs);
    case "zsh":
      return zshScript(verbs);
    case "fish":
      return fishScript(verbs);
  }
}

function verbOf(command: Command): Verb {
  const [argument] = command.registeredArguments;
  const shown = command.createHelp().visibleOptions(command);
  return {
    name: command.name(),
    description: command.description(),
    options: shown.flatMap(({ long, description }) => (long ? [{ flag: long, description }] : [])),
    words: argument?.argChoices ?? [],
    takesStacks: /^stacks?$/.test(argument?.name() ?? ""),
  };
}

/**
 * Names of stacks, from their files. Others are left out, because bash expands what it offers: the name
 * of a file could run a command.
 */
const listStacks = `for file in Pulumi.*.yaml; do
      file=\${file#Pulumi.} file=\${file%.yaml}
      case $file in
        *[!A-Za-z0-9_.-]*) ;;
        *) printf '%s\\n' "$file" ;;
      esac
    done`;

/** https://www.gnu.org/software/bash/manual/html_node/Programmable-Completion.html */
function bashScript(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ name, options, words, takesStacks }) => {
    const stacks = takesStacks ? " $(_ghcr_fleet_stacks)" : "";
    const flags = options.map(({ flag }) => flag).join(" ");
    return `      ${name}) flags="${flags}" words="${words.join(" ")}${stacks}" ;;`;
  });
  return `_ghcr_fleet_stacks() {
    local file
    ${listStacks}
}

_ghcr_fleet() {
  local word=\${COMP_WORDS[COMP_CWORD]} flags= words=
  if [ "$COMP_CWORD" -eq 1 ]; then
    flags="--help --version" words="${verbs.map(({ name }) => name).join(" ")}"
  else
    case \${COMP_WORDS[1]} in
${cases.join("\n")}
    esac
  fi
  case $word in
    -*) words=$flags ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}

# Where nothing fits, files do.
complete -o default -F _ghcr_fleet ghcr-fleet
`;
}

/** https://zsh.sourceforge.io/Doc/Release/Completion-System.html */
function zshScript(verbs: readonly Verb[]): string {
  const cases = verbs.map(({ name, options, words, takesStacks }) => {
    const described = options.map(({ flag, description }) => quoted(`${flag}:${description}`));
    const stacks = takesStacks ? ' "${(@f)$(_ghcr_fleet_stacks)}"' : "";
    return `    ${name}) flags=(${described.join(" ")}) words_=(${words.join(" ")}${stacks}) ;;`;
  });
  const described = verbs.map(({ name, description }) => quoted(`${name}:${description}`));
  return `#compdef ghcr-fleet
_ghcr_fleet_stacks() {
    setopt local_options null_glob
    local file
    ${listStacks}
}

_ghcr_fleet() {
  local -a verbs flags words_
  if (( CURRENT == 2 )); then
    verbs=(${described.join(" ")})
    _describe verb verbs
    return
  fi
  case $words[2] in
${cases.join("\n")}
  esac
  if [[ $PREFIX == -* ]]; then
    _describe option flags
  else
    compadd -a words_
    _files
  fi
}

compdef _ghcr_fleet ghcr-fleet
`;
}

/** https://fishshell.com/docs/current/completions.html */
function fishScript(verbs: readonly Verb[]): string {
  const lines = verbs.flatMap(({ name, description, options, words, takesStacks }) => {
    const inVerb = `complete -c ghcr-fleet -n '__fish_seen_subcommand_from ${name}'`;
    return [
      `complete -c ghcr-fleet -n __fish_use_subcommand -f -a ${name} -d ${fishQuoted(description)}`,
      ...options.map(
        ({ flag, description: text }) => `${inVerb} -l ${flag.slice(2)} -d ${fishQuoted(text)}`,
      ),
      ...(words.length > 0 ? [`${inVerb} -f -a '${words.join(" ")}'`] : []),
      ...(takesStacks ? [`${inVerb} -f -a '(__ghcr_fleet_stacks)'`] : []),
    ];
  });
  return `function __ghcr_fleet_stacks
    for file in Pulumi.*.yaml
        string replace -r '^Pulumi\\.(.*)\\.yaml$' '$1' -- $file
    end
end

${lines.join("\n")}
`;
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

function fishQuoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
