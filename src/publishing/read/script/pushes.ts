import { unquoted, type Command } from "./shell-commands.ts";

/** A command that pushes to a registry, or may. */
export interface CommandPush {
  /** "docker push", "make" */
  readonly builder: string;
  readonly sure: boolean;
  /** The variable of its environment that makes it sure. */
  readonly sureWith?: string;
  /** The script or the target that it runs, which may do anything: "make push", "./scripts/publish.sh" */
  readonly runs?: string;
  /** What it pushes, as written; none where the command does not say. */
  readonly references: readonly string[];
  /** Where it pushes what files name: "oci://ghcr.io/acme" */
  readonly folder?: string;
}

/** Words before the program: of the shell, and programs that run others. */
const before =
  /^(?:if|then|else|elif|do|while|until|!|\{|time|sudo|env|exec|command|nohup|nice|retry|-E|-n|timeout|\d+[smh]?|\w+=.*|&)$/;

/** Programs that push something else, and those whose words mean nothing. */
const others =
  /^(?:git|gh|npm|yarn|pnpm|cargo|gem|twine|poetry|uv|dotnet|nuget|pip|echo|printf|cat|curl|wget|jq|yq|sed|awk|grep|test|\[|\[\[|export|cd|mkdir|rm|cp|mv|ls|set|source|apt|apt-get|brew|kubectl|trivy|grype|syft|hub|aws|gcloud|az|tar|tee|touch|find|chmod|date|tr|cut|head|tail|sort|true|false|exit|sleep|fi|done|case|for|pushd|popd)$/;

/** Subcommands that write to a registry, by program. */
const writers: Readonly<Record<string, RegExp>> = {
  skopeo: /^(?:copy|sync)$/,
  crane: /^(?:push|copy|cp|tag|append|mutate|rebase|index)$/,
  gcrane: /^(?:push|copy|cp|tag|append|mutate|rebase|index)$/,
  oras: /^(?:push|attach|cp|copy|tag|restore|manifest)$/,
  cosign: /^(?:sign|attest|attach|copy|upload|load|clean)$/,
  notation: /^sign$/,
  regctl: /^(?:image|artifact|index|tag|manifest|blob|copy)$/,
  ko: /^(?:build|publish|apply|resolve|create|run)$/,
  goreleaser: /^(?:release|continue|publish)$/,
  apko: /^publish$/,
  jib: /^(?:build|jar|war)$/,
};

/** Which of those only read, or push nothing. */
const reading =
  /(?:^| )(?:inspect|digest|ls|list|get|--dry-run|--snapshot|--push=false|--local|-L|--skip=publish|--skip-publish|manifest (?:fetch|get|head))(?: |$)/;

const runners =
  /^(?:make|gmake|just|task|mage|rake|npm|yarn|pnpm|bun|npx|deno|bazel|bazelisk|gradle|\.?\/?gradlew|mvn|\.?\/?mvnw|sbt|nix|nix-build|nix-shell|earthly|dagger|python3?|node|ruby|go|bash|sh|zsh|pwsh|cargo|tox|nox|poetry|uv|hatch|invoke|inv|skaffold|werf|pack|terraform|tofu|pulumi|packer|buildctl|mise|moon|turbo|nx|tilt|docker-compose)$/;

/** Options with which a build pushes to a registry. */
const pushOptions =
  /--push\b(?!=false)|^(?:\S*\/)?(?:pack .*--publish|gradlew? .*--publishImage)\b(?!=false)|\bpush=true|type=registry|\bbuild-image\.publish=true|(?:^| )werf build .*--repo\b|\bDocker\/publish\b|\bdocker:publish\b/;

/** https://learn.microsoft.com/en-us/dotnet/core/containers/publish-configuration */
const dotnetPublishes = /\bPublishContainer\b|\bPublishProfile=DefaultContainer\b/i;

/** Where neither the command nor the project names one, the image stays in the runner's own store. */
const dotnetRegistry = "ContainerRegistry";

/** The program, or its image: what stands before it is for the program that runs it. */
const kaniko = /^[\w./-]*\bkaniko\b[\w/-]*(?:[:@][^/]*)?$/;

/** Names of targets and scripts that say it: `make push`, `make build-publish-image`, `./docker-publish.sh` */
const pushTargets =
  /(?:^|[ :_/-])(?:push|jib)(?:$|[ :._-])|(?:publish\S*(?:image|docker|container)|(?:image|docker|container)\S*publish)/i;

/** Names of scripts and targets that may push, even if they also test. */
export const pushWords = /push|publish|release|deploy|upload|ship|image|docker|container|jib/i;
const testWords =
  /test|lint|check|e2e|verify|integration|unit|format|fmt|bench|coverage|scan|pull|install|start|generate|typecheck|setup|clean|--version|version/i;

/** @returns `undefined` where it pushes nothing that a registry holds */
export function commandPush(command: Command): CommandPush | undefined {
  const plain = command.words.map(unquoted);
  const start = plain.findIndex((word) => !before.test(word));
  // Variables are set, and nothing runs.
  if (start < 0) return undefined;
  const words = plain.slice(start);
  const [path = "", ...rest] = words;
  const program = path.split("/").at(-1) ?? "";
  // An expression may give `--dry-run`, or nothing.
  const line = rest.join(" ").replaceAll(/\$\{\{.*?\}\}/g, "{}");
  const isRunner = runners.test(path) || runners.test(program);
  if (program === "dotnet" && dotnetPublishes.test(line)) {
    const sure = new RegExp(`\\b${dotnetRegistry}=`, "i").test(plain.join(" "));
    return { builder: "dotnet publish", sure, sureWith: dotnetRegistry, references: [] };
  }
  if (/\bkaniko\b/.test(words.join(" "))) {
    const at = words.findIndex((word) => kaniko.test(word));
    const option = at < 0 ? /^--destination$/ : /^(?:-d|--destination)$/;
    const references = valuesOf(words.slice(at + 1), option);
    if (references.length > 0 || /--destination\b/.test(line))
      return /--no-push\b(?!=false)/.test(line)
        ? undefined
        : { builder: "kaniko", sure: true, references };
  }
  const runsMore = /^(?:run|exec|xtask|make)$/.test(rest[0] ?? "");
  if (others.test(program) && !(isRunner && runsMore)) return undefined;
  const subcommand = rest.find((word) => !word.startsWith("-")) ?? "";
  const writer = writers[program];
  if (writer)
    return writer.test(subcommand) && !reading.test(line)
      ? { builder: `${program} ${subcommand}`, sure: true, references: destinations(program, rest) }
      : undefined;
  if (/^(?:docker|podman|nerdctl|finch|buildah|img)$/.test(program) || /^\$/.test(program)) {
    if (/(?:^| )--push(?:=true)?(?: |'|$)|type=registry|push=true|imagetools create/.test(line))
      return {
        builder: `${program} ${subcommand}`,
        sure: true,
        references: valuesOf(rest, /^(?:-t|--tag)$/),
      };
    const runs = /^(?:run|exec)$/.test(subcommand);
    const inner = runs ? clientsIn(command).flatMap((client) => commandPush(client) ?? []) : [];
    if (inner[0]) return inner[0];
    if (runs && !reading.test(line) && rest.some((word) => /^(?:copy|push|sync|sign)$/.test(word)))
      return { builder: `${program} ${subcommand}`, sure: true, references: [] };
    const at = rest.indexOf("push");
    // Files and profiles may stand before it.
    return at < 0 || (at > 4 && subcommand !== "compose")
      ? undefined
      : { builder: `${program} push`, sure: true, references: referencesAfter(rest, at) };
  }
  if (isRunner || /^\.{0,2}\//.test(path) || /\.(?:sh|py|js|ts|rb)$/.test(path)) {
    const said = `${path} ${line}`;
    const runs = runOf(program, path, rest);
    const push = { builder: program, references: [], ...(runs !== undefined && { runs }) };
    if (pushOptions.test(said) || pushTargets.test(said)) return { ...push, sure: true };
    return pushWords.test(said) || !testWords.test(said) ? { ...push, sure: false } : undefined;
  }
  // kubecfg pack, gooci upload: only the reference shows that it goes to a registry.
  const reference = /^(?:pack|upload)$/.test(subcommand) && rest.find((word) => named.test(word));
  if (reference)
    return { builder: `${program} ${subcommand}`, sure: true, references: [reference] };
  // helm push, flux push artifact, wkg publish, timoni mod push. `--publish` may be of ports or files.
  const at = rest.findIndex((word) => /^(?:push|publish|cm-push|--publish|--push)$/.test(word));
  if (at < 0) return undefined;
  const folder = rest.find((word) => word.startsWith("oci://"));
  const push = { builder: `${program} ${rest[at] ?? ""}`, sure: rest[at] !== "--publish" };
  return { ...push, references: [], ...(folder !== undefined && { folder }) };
}

/** "ghcr.io/acme/api", "oci://ghcr.io/acme/api" */
const named = /^(?:oci:\/\/)?[\w-]+(?:\.[\w-]+)+\/\S/;

/** Programs that run targets of a file of the repository, and those that run the file itself. */
const ofTargets = /^(?:make|gmake|just|task|mage|rake|npm|yarn|pnpm|bun|inv|invoke|mise)$/;
const ofFiles = /^(?:bash|sh|zsh|pwsh|python3?|node|ruby)$/;

/** The script or the target that a command runs, without what it is given: that may be a password. */
function runOf(program: string, path: string, rest: readonly string[]): string | undefined {
  const name = rest.find((word) => /^[\w./:-]+$/.test(word) && !/^(?:-|run$)/.test(word));
  if (ofTargets.test(program)) return name === undefined ? program : `${program} ${name}`;
  if (!ofFiles.test(program)) return runners.test(program) ? undefined : path;
  return name !== undefined && /[./]/.test(name) ? `${program} ${name}` : undefined;
}

/**
 * The commands that a client in a container may run: `docker run quay.io/skopeo/stable copy …`. One for each
 * word that names a client, because some are values of options: `--entrypoint skopeo`.
 */
function clientsIn(command: Command): Command[] {
  return command.words.flatMap((word, at) => {
    const name = containedClient.exec(unquoted(word))?.[1];
    const words = [{ ...word, text: name ?? "" }, ...command.words.slice(at + 1)];
    return name === undefined ? [] : [{ ...command, words }];
  });
}

/** A client by its name, or an image by that of its repository, or of the folder that it is in. */
const containedClient =
  /^(?:[\w.-]+\/)*(skopeo|g?crane|oras|cosign|regctl)(?:\/\w+)?(?:[:@][^/]*)?$/;

/** The values of an option: `--tag x` and `--tag=x`. */
function valuesOf(words: readonly string[], option: RegExp): string[] {
  const values = words.flatMap((word, index) => {
    if (option.test(word)) return [words[index + 1] ?? ""];
    const [, name = "", value = ""] = /^(--[\w-]+)=(.*)$/.exec(word) ?? [];
    return option.test(name) ? [value] : [];
  });
  return values.filter((value) => value !== "");
}

function referencesAfter(words: readonly string[], at: number): string[] {
  const end = words.findIndex((word) => /^[<>]/.test(word));
  const plain = words.slice(at + 1, end < 0 ? undefined : end);
  return plain.filter((word) => !word.startsWith("-")).slice(-1);
}

/** The last words of programs that take their destination last. */
function destinations(program: string, words: readonly string[]): string[] {
  if (!/^(?:copy|cp|push)$/.test(words[0] ?? "") || program === "oras") return [];
  const last = words.findLast((word) => !word.startsWith("-"));
  return last === undefined || words.length < 3 ? [] : [last];
}
