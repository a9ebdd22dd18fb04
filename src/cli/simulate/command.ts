import type { Command } from "commander";
import type { SimulateOptions } from "./simulate.ts";
import { parsePort } from "../terminal/parse-options.ts";

export function addSimulate(program: Command): void {
  program
    .command("simulate")
    .description("serve a simulated GitHub with registry and runners on this machine, until Ctrl-C")
    .option("--port <number>", "port of the API on 127.0.0.1; 0 chooses a free one", parsePort, 0)
    .option("--registry-port <number>", "port of the registry; 0 chooses a free one", parsePort, 0)
    .option("--seed <file>", "YAML or JSON file that describes the organisation")
    .action(async (options: SimulateOptions) => {
      const { simulate } = await import("./simulate.ts");
      await simulate(options);
    });
}
