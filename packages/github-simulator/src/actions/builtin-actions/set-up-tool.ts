import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import semver from "semver";
import { type ActionStep, inputs, type KnownAction, StepFailure } from "../action/known-action.ts";

interface Tool {
  readonly name: "Node" | "Python" | "Go";
  /** The action's inputs other than the version and its file. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Prefix of the inputs and outputs: `go` of `go-version` and `go-version-file`. */
  readonly prefix: "node" | "python" | "go";
  /** Version ranges by their other names. */
  readonly aliases: Readonly<Record<string, string>>;
  /** The newest known release, by major version; the machine may have a newer one. */
  readonly newest: readonly string[];
  /** Finds the version that the runner has. */
  find(step: ActionStep): Promise<string | undefined>;
}

/** https://github.com/actions/setup-node: provides the Node that runs the simulator. */
export const setupNode = setUpTool({
  name: "Node",
  prefix: "node",
  inputs: {
    ...inputs("architecture registry-url scope cache cache-dependency-path mirror mirror-token"),
    "check-latest": "false",
    "package-manager-cache": "true",
    token: "${{ github.token }}",
  },
  // https://github.com/nodejs/Release/blob/main/CODENAMES.md
  aliases: {
    ...{ "lts/*": "*", lts: "*", latest: "*", current: "*", node: "*" },
    ...{ "lts/argon": "4", "lts/boron": "6", "lts/carbon": "8", "lts/dubnium": "10" },
    ...{ "lts/erbium": "12", "lts/fermium": "14", "lts/gallium": "16", "lts/hydrogen": "18" },
    ...{ "lts/iron": "20", "lts/jod": "22", "lts/krypton": "24" },
  },
  // https://nodejs.org/en/about/previous-releases
  newest: ["26.99.99"],
  find(step) {
    step.addPath(dirname(process.execPath));
    return Promise.resolve(process.version.slice(1));
  },
});

/** https://github.com/actions/setup-python */
export const setupPython = setUpTool({
  name: "Python",
  prefix: "python",
  inputs: inputs(
    "cache architecture check-latest token cache-dependency-path update-environment allow-prereleases freethreaded pip-version pip-install",
  ),
  aliases: {},
  // https://devguide.python.org/versions/
  newest: ["2.7.18", "3.15.99"],
  find: (step) => ask(step, ["python3", "--version"], /^Python (\d+\.\d+\.\d+)/),
});

/** https://github.com/actions/setup-go */
export const setupGo = setUpTool({
  name: "Go",
  prefix: "go",
  inputs: inputs(
    "check-latest token cache cache-dependency-path architecture go-download-base-url",
  ),
  aliases: { stable: "*", oldstable: "*" },
  // https://go.dev/doc/devel/release
  newest: ["1.27.99"],
  find: (step) => ask(step, ["go", "version"], /^go version go(\d+\.\d+(?:\.\d+)?)/),
});

/**
 * An action that installs a version of a tool. The simulator installs nothing: steps use the version
 * that the machine has. If another one is requested, this is a warning; if it does not exist, an error.
 */
function setUpTool(tool: Tool): KnownAction {
  const { name, prefix } = tool;
  return {
    inputs: { [`${prefix}-version`]: "", [`${prefix}-version-file`]: "", ...tool.inputs },
    async run(step) {
      const provided = await tool.find(step);
      const asked = step.lines(`${prefix}-version`);
      const all = asked.length > 0 ? asked : fromFile(step, tool);
      const cache = step.input("cache");
      step.group("Simulated: nothing was installed", [
        `asked for: ${all.join(", ") || "any"}`,
        `provided: ${provided ?? "none"}`,
        ...(cache === "" ? [] : [`cache: ${cache} is not kept from job to job`]),
      ]);
      for (const version of all) check(step, tool, version, provided);
      if (provided !== undefined) {
        step.setOutput(`${prefix}-version`, name === "Node" ? `v${provided}` : provided);
      }
      step.setOutput("cache-hit", "false");
    },
  };
}

function check(step: ActionStep, tool: Tool, asked: string, provided: string | undefined): void {
  const { name, aliases } = tool;
  const range = semver.validRange(aliases[asked.toLowerCase()] ?? plainRange(asked));
  // Other implementations of Python have their own versions.
  const isOther = name === "Python" && /^(pypy|graalpy)/i.test(asked);
  const isProvided = range !== null && semver.satisfies(semver.coerce(provided) ?? "", range);
  if (!isOther && isProvided) return;
  if (!isOther && (range === null || !exists(tool, range))) {
    throw new StepFailure(
      name === "Python"
        ? `The version '${asked}' with architecture 'x64' was not found for Ubuntu 24.04.`
        : `Unable to find ${name} version '${asked}' for platform linux and architecture x64.`,
    );
  }
  const found = provided === undefined ? "this machine has none" : `steps run with ${provided}`;
  step.warning(`the simulator installs no ${name} ${asked}: ${found}`);
}

/** Python separates ranges with commas, and has versions such as `3.15-dev` and `3.13t`. */
function plainRange(asked: string): string {
  return asked.replace(/-dev$|(?<=\d)t$/, "").replaceAll(",", " ");
}

/** Whether a range begins at or below the newest release of its major version. */
function exists({ newest }: Tool, range: string): boolean {
  const lowest = semver.minVersion(range);
  if (lowest === null) return false;
  const last = newest.find((each) => semver.major(each) >= lowest.major);
  return last !== undefined && semver.lte(lowest, last);
}

/** The version that `go.mod`, `package.json`, `.python-version` and the like request. */
function fromFile(step: ActionStep, { name, prefix }: Tool): string[] {
  const given = step.input(`${prefix}-version-file`);
  if (given === "") return [];
  const path = join(step.folders.workspace, given);
  if (!existsSync(path)) {
    throw new StepFailure(
      `The specified ${name.toLowerCase()} version file at: ${path} does not exist`,
    );
  }
  const text = readFileSync(path, "utf8");
  const found = versionIn(basename(path), text)
    ?.trim()
    .replace(/^(go|python-)/, "");
  return found === undefined || found === "" ? [] : [found];
}

function versionIn(file: string, text: string): string | undefined {
  switch (file) {
    case "package.json": {
      const { volta, engines } = JSON.parse(text) as {
        volta?: { node?: string };
        engines?: { node?: string };
      };
      return volta?.node ?? engines?.node;
    }
    case "pyproject.toml":
      return /^requires-python\s*=\s*["']([^"']+)["']/m.exec(text)?.[1];
    case ".tool-versions":
      return /^(?:nodejs|node|python|golang|go)\s+(\S+)/m.exec(text)?.[1];
    case "go.mod":
    case "go.work":
      return /^(?:toolchain|go)\s+(\S+)/m.exec(text)?.[1];
    default:
      return text.split("\n").find((line) => line.trim() !== "" && !line.startsWith("#"));
  }
}

async function ask(
  step: ActionStep,
  command: readonly [string, ...string[]],
  version: RegExp,
): Promise<string | undefined> {
  const lines: string[] = [];
  await step.execute(command, step.folders.workspace, (line) => lines.push(line));
  return lines.flatMap((line) => version.exec(line)?.[1] ?? [])[0];
}
