import { spawn } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parse, stringify } from "yaml";
import { engineEnvironment } from "./engine.ts";

const projectRoot = fileURLToPath(new URL("..", import.meta.url));

export interface PulumiStackOptions {
  /** Contains the stack's state, configuration and workspace; created if missing. */
  folder: string;
  stack: string;
  /** Plain configuration by full key, e.g. `github:owner`. */
  config: Readonly<Record<string, unknown>>;
  /** Secret configuration by full key; it goes to the engine through standard input only. */
  secrets: Readonly<Record<string, string>>;
  /** The project's folder, with Pulumi.yaml. */
  project?: string;
  /** Environment variables of another back end, `PULUMI_BACKEND_URL` among them. */
  backend?: Readonly<Record<string, string>>;
  /**
   * The files of a new stack with the same name and at least these secrets. The engine makes nothing then: it needs most
   * of a second of a processor to derive its key for a new stack and for each secret.
   */
  copyOf?: StackFiles | undefined;
}

/** Texts of the files of a stack by their paths in its folder. */
export type StackFiles = ReadonlyMap<string, string>;

export interface PulumiResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions {
  input?: string;
  /** Default: the project's folder. */
  cwd?: string;
  env?: Readonly<Record<string, string>>;
  /** Called with each line of standard output when it arrives. */
  onLine?: (line: string) => void;
  signal?: AbortSignal;
}

/**
 * One stack of the project, controlled through the `pulumi` command as by a person, with its state in
 * its own folder.
 *
 * The Automation API is not used here because it passes secret configuration as process arguments,
 * which any user of the machine can read.
 */
export class PulumiStack {
  readonly folder: string;
  readonly stack: string;
  readonly #project: string;
  readonly #backend: Readonly<Record<string, string>>;
  readonly #environment: Readonly<Record<string, string | undefined>>;

  private constructor(
    { folder, stack, project = projectRoot, backend }: PulumiStackOptions,
    environment: Readonly<Record<string, string | undefined>>,
  ) {
    this.folder = folder;
    this.stack = stack;
    this.#project = project;
    this.#backend = backend ?? { PULUMI_BACKEND_URL: `file://${join(folder, "state")}` };
    this.#environment = { ...environment, ...this.#backend };
  }

  /** Creates the stack and its configuration. */
  static async create(options: PulumiStackOptions): Promise<PulumiStack> {
    const { folder, backend } = options;
    await mkdir(backend ? folder : join(folder, "state"), { recursive: true });
    const stack = new PulumiStack(options, {
      ...process.env,
      ...(await engineEnvironment()),
      PULUMI_CONFIG_PASSPHRASE: "",
      PULUMI_DISABLE_CHECKPOINT_BACKUPS: "true",
    });
    if (options.copyOf) {
      for (const [path, text] of options.copyOf) {
        const file = join(folder, path);
        await mkdir(dirname(file), { recursive: true });
        await writeFile(file, text);
      }
      await stack.configure(options.config, Object.keys(options.secrets));
      return stack;
    }
    await stack.configure(options.config);
    await stack.#init();
    for (const [key, value] of Object.entries(options.secrets)) await stack.setSecret(key, value);
    return stack;
  }

  /**
   * `stack init` has no --config-file: it would write the stack's salt next to the project's own
   * Pulumi.yaml. So it runs next to a copy of that file, in the folder of the configuration, unless that
   * is the project's own folder.
   */
  async #init(): Promise<void> {
    if (this.folder === this.#project) {
      await this.must(["stack", "init"]);
      return;
    }
    const project = await readFile(join(this.#project, "Pulumi.yaml"), "utf8");
    const { name } = parse(project) as { name: string };
    await writeFile(join(this.folder, "Pulumi.yaml"), stringify({ name, runtime: "nodejs" }));
    await this.must(["stack", "init", "--no-select"], { cwd: this.folder });
  }

  /** Configuration and state of a stack with its state in its folder. */
  async files(): Promise<StackFiles> {
    const state = join(this.folder, "state");
    const entries = await readdir(state, { recursive: true, withFileTypes: true });
    const paths = entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name));
    const texts = [this.configFile, ...paths].map(async (path): Promise<[string, string]> => {
      return [relative(this.folder, path), await readFile(path, "utf8")];
    });
    return new Map(await Promise.all(texts));
  }

  get configFile(): string {
    return join(this.folder, `Pulumi.${this.stack}.yaml`);
  }

  /** Environment variables for continuing with this stack in a shell. */
  get shellVariables(): Readonly<Record<string, string>> {
    const { PATH = "", PULUMI_HOME } = this.#environment;
    const home = PULUMI_HOME === undefined ? {} : { PULUMI_HOME };
    return { PATH, ...home, ...this.#backend, PULUMI_CONFIG_PASSPHRASE: "" };
  }

  /**
   * Replaces the plain configuration.
   *
   * @param kept keys of the secrets that stay; default: all
   */
  async configure(
    config: Readonly<Record<string, unknown>>,
    kept?: readonly string[],
  ): Promise<void> {
    const text = await readFile(this.configFile, "utf8").catch(() => "");
    const { config: before = {}, ...settings } = (parse(text) ?? {}) as StackSettings;
    const secrets = Object.entries(before).filter(
      ([key, value]) => isSecure(value) && (kept?.includes(key) ?? true),
    );
    const merged = { ...config, ...Object.fromEntries(secrets) };
    await writeFile(this.configFile, stringify({ ...settings, config: merged }));
  }

  async setSecret(key: string, value: string): Promise<void> {
    await this.must(["config", "set", "--secret", key, ...this.#configFlags], { input: value });
  }

  /** Runs `pulumi <args>` and returns its result, even if it failed. */
  run(args: readonly string[], options: RunOptions = {}): Promise<PulumiResult> {
    const child = spawn("pulumi", [...args, "--stack", this.stack, "--non-interactive"], {
      cwd: options.cwd ?? this.#project,
      env: { ...this.#environment, ...options.env },
      signal: options.signal,
    });
    // The exit code of an engine that has ended already shows that.
    child.stdin.on("error", () => {});
    child.stdin.end(options.input ?? "");
    const output = { stdout: "", stderr: "" };
    createInterface({ input: child.stdout }).on("line", (line) => {
      output.stdout += `${line}\n`;
      options.onLine?.(line);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    return new Promise((resolve, reject) => {
      child.once("error", reject);
      child.once("close", (code) => resolve({ exitCode: code ?? 1, ...output }));
    });
  }

  /** Like {@link run}, for commands that must succeed. */
  async must(args: readonly string[], options: RunOptions = {}): Promise<PulumiResult> {
    const result = await this.run(args, options);
    if (result.exitCode === 0) return result;
    const output = `${result.stdout}\n${result.stderr}`.trim();
    throw new Error(`pulumi ${args.join(" ")} ended with ${result.exitCode}:\n${output}`);
  }

  preview(flags: readonly string[] = [], options: RunOptions = {}): Promise<PulumiResult> {
    return this.run(["preview", ...this.#configFlags, ...flags], options);
  }

  up(flags: readonly string[] = [], options: RunOptions = {}): Promise<PulumiResult> {
    return this.run(["up", "--yes", ...this.#configFlags, ...flags], options);
  }

  /** The stack's outputs, with secrets masked. */
  async outputs<T>(): Promise<T> {
    const { stdout } = await this.must(["stack", "output", "--json"]);
    return JSON.parse(stdout) as T;
  }

  get #configFlags(): string[] {
    return ["--config-file", this.configFile];
  }
}

interface StackSettings {
  encryptionsalt?: string;
  config?: Record<string, unknown>;
}

function isSecure(value: unknown): boolean {
  return typeof value === "object" && value !== null && "secure" in value;
}
