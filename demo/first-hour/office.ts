import { spawn } from "node:child_process";
import { readFile, symlink, mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";
import type { Simulator } from "github-simulator";
import { engineEnvironment } from "../../tools/engine.ts";

const checkout = fileURLToPath(new URL("../..", import.meta.url));
const bin = join(checkout, "bin/ghcr-fleet.mjs");

export interface Ended {
  readonly code: number | null;
  /** Without colours. */
  readonly text: string;
}

export interface RunOptions {
  /** Standard input. */
  readonly input?: string;
  /** Typed on a terminal when the command asks. */
  readonly answer?: string;
  /** Default: the stack repository. */
  readonly cwd?: string;
}

/** The desk of a platform engineer: a stack repository, and a shell with the command in it. */
export class Office {
  readonly folder: string;
  readonly variables: Record<string, string>;

  private constructor(folder: string, variables: Record<string, string>) {
    this.folder = folder;
    this.variables = variables;
  }

  /** @param place an empty folder, in which `fleet` becomes the stack repository */
  static async open(place: string, { world }: Simulator): Promise<Office> {
    return new Office(join(place, "fleet"), {
      ...(await engineEnvironment()),
      NO_COLOR: "1",
      PULUMI_CONFIG_PASSPHRASE: "first-hour",
      GHCR_FLEET_PAT: world.tokenValue("publisher"),
      GHCR_FLEET_PAT_B: world.tokenValue("next-publisher"),
    });
  }

  /** What `npm install` would do with a tarball of this checkout. */
  async install(): Promise<void> {
    const modules = join(this.folder, "node_modules");
    await mkdir(modules);
    const names = await readdir(join(checkout, "node_modules"));
    const links = names.map((name) =>
      symlink(join(checkout, "node_modules", name), join(modules, name)),
    );
    await Promise.all([...links, symlink(checkout, join(modules, "ghcr-fleet"))]);
  }

  /** Runs `ghcr-fleet <args>`, and adds what it writes to both streams. */
  run(args: readonly string[], { input, answer, cwd }: RunOptions = {}): Promise<Ended> {
    const command = [process.execPath, bin, ...args];
    const [program = "", ...rest] = answer === undefined ? command : onTerminal(command);
    const child = spawn(program, rest, {
      cwd: cwd ?? this.folder,
      env: { ...process.env, ...this.variables },
    });
    let text = "";
    let isAnswered = answer === undefined;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (more: string) => {
        text += more;
        if (isAnswered || !text.includes("[y/N]")) return;
        isAnswered = true;
        child.stdin.write(`${answer}\n`);
      });
    }
    // One that does not read may have ended already.
    child.stdin.on("error", () => {});
    if (answer === undefined) child.stdin.end(input ?? "");
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => {
        resolve({ code, text: stripVTControlCharacters(text).replaceAll("\r", "") });
      });
    });
  }

  /** Replaces text in the stack's configuration, as in an editor. */
  async edit(changes: Readonly<Record<string, string>>): Promise<void> {
    const file = join(this.folder, "Pulumi.tidewater.yaml");
    let text = await readFile(file, "utf8");
    for (const [before, after] of Object.entries(changes)) {
      if (!text.includes(before)) throw new Error(`${file} does not contain ${before}`);
      text = text.replace(before, after);
    }
    await writeFile(file, text);
  }
}

/** `script` gives a command a terminal: https://man7.org/linux/man-pages/man1/script.1.html */
export function onTerminal(command: readonly string[]): string[] {
  // What the command prints goes past the terminal: as plain lines, which are not redrawn.
  const quoted = command.map((each) => `'${each}'`).join(" ");
  const line = `${quoted} | cat`;
  return process.platform === "darwin"
    ? ["script", "-q", "/dev/null", "bash", "-o", "pipefail", "-c", line]
    : ["script", "-qec", `bash -o pipefail -c "${line}"`, "/dev/null"];
}
