import { parseArgs } from "node:util";
import { virtualClock } from "../clock.ts";
import { gitHubLimits, type Limits } from "../http/rate-limits.ts";
import { exampleSeed, loadSeed } from "../seed.ts";
import type { SimulatorOptions } from "../simulator.ts";
import { OptionError } from "./option-error.ts";
import { readFaults } from "./read-faults.ts";

export const help = `Serves a simulated GitHub with its registry and runners on this machine, until it is ended by
Ctrl-C or SIGTERM. \`run:\` steps of pushed workflows are executed here, with your rights.

Options:
  --port <number>           port of the API on 127.0.0.1; 0, the default, takes a free one
  --registry-port <number>  port of the registry on 127.0.0.1; 0, the default, takes a free one
  --seed <file>             YAML or JSON file that describes the organisation; acme by default
  --host <host>             github.com, the default, or enterprise-server, with its API at /api/v3
  --limits <limits>         "off", or the differences from GitHub's: primary=100,contentPerMinute=5
  --faults <file>           YAML or JSON file with the faults that requests meet
  --scripts <on|off>        whether \`run:\` steps are executed; off: such a step fails; on by default
  --clock <time>            starts a clock at this time, as 2026-05-01T08:30:00Z, that stands still until
                            it is advanced: POST /_simulator/clock
  --help                    this text

While it runs, clients with the control key that it prints can call:
  GET  /_simulator/tokens           values of the tokens, by name; /_simulator/tokens/<name> gives one
  GET  /_simulator/requests         the newest thousand requests of the API, oldest first
  POST /_simulator/packages {"package":"acme/web","repository":"web"}
                                    links a package, as a person does on its page; "visibility" changes that
  POST /_simulator/reset            back to the seed; token values stay
  POST /_simulator/clock {"days":1} advances the clock that --clock started
The variable GITHUB_SIMULATOR_KEY chooses the key; then it is not printed.`;

/**
 * Reads the arguments of the command; `undefined` if they ask for help.
 *
 * @throws {OptionError} an argument is unknown or wrong
 * @throws {SeedError} the seed cannot be used
 */
export async function readOptions(args: readonly string[]): Promise<SimulatorOptions | undefined> {
  const values = parse(args);
  if (values.help === true) return undefined;
  return {
    ports: {
      api: readPort("--port", values.port),
      registry: readPort("--registry-port", values["registry-port"]),
    },
    seed: await loadSeed(values.seed ?? exampleSeed),
    host: readHost(values.host),
    scripts: readSwitch("--scripts", values.scripts),
    ...(values.limits !== undefined && { limits: readLimits(values.limits) }),
    ...(values.faults !== undefined && { faults: await readFaults(values.faults) }),
    ...(values.clock !== undefined && { clock: readClock(values.clock) }),
  };
}

function parse(args: readonly string[]) {
  const text = { type: "string" } as const;
  try {
    return parseArgs({
      args: [...args],
      options: {
        port: text,
        "registry-port": text,
        seed: text,
        host: text,
        limits: text,
        faults: text,
        scripts: text,
        clock: text,
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    throw new OptionError(error instanceof Error ? error.message : String(error));
  }
}

function readPort(option: string, text = "0"): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new OptionError(`${option} ${text}: give a number from 0 to 65535`);
}

function readHost(text = "github.com"): "github.com" | "enterprise-server" {
  if (text === "github.com" || text === "enterprise-server") return text;
  throw new OptionError(`--host ${text}: give github.com or enterprise-server`);
}

function readSwitch(option: string, text = "on"): boolean {
  if (text === "on" || text === "off") return text === "on";
  throw new OptionError(`${option} ${text}: give on or off`);
}

function readClock(text: string) {
  const start = Date.parse(text);
  if (Number.isNaN(start)) {
    throw new OptionError(`--clock ${text}: give a time as 2026-05-01T08:30:00Z`);
  }
  return virtualClock(start);
}

type LimitName = Exclude<keyof Limits, "sendRetryAfter">;

const limitNames = Object.entries(gitHubLimits)
  .filter(([, value]) => typeof value === "number")
  .map(([name]) => name as LimitName);

function readLimits(text: string): Partial<Limits> {
  if (text === "off") return Object.fromEntries(limitNames.map((name) => [name, Infinity]));
  return Object.fromEntries(
    text.split(",").map((part) => {
      const [name = "", value = ""] = part.split("=").map((each) => each.trim());
      if (!limitNames.some((each) => each === name)) {
        throw new OptionError(
          `--limits ${part}: there is no limit "${name}"; there are ${limitNames.join(", ")}`,
        );
      }
      if (!/^\d+$/.test(value))
        throw new OptionError(`--limits ${part}: give a number, as ${name}=100`);
      return [name, Number(value)];
    }),
  );
}
