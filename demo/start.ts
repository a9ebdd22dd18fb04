// `npm start`: an organisation goes from nothing to its declared state, on this machine.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { PulumiStack } from "../engine/pulumi-stack.ts";
import { readDevConfig, startOrganisation } from "./organisation.ts";
import { runStory } from "./story.ts";
import { createTerminal } from "./terminal.ts";
import { untilInterrupted } from "./until-interrupted.ts";

const { values } = parseArgs({
  options: { keep: { type: "boolean", default: false }, port: { type: "string", default: "0" } },
});

const terminal = createTerminal(process.stdout);
const folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-demo-"));
const simulator = await startOrganisation(Number(values.port));
try {
  const stack = await PulumiStack.create({
    folder,
    stack: "dev",
    config: {
      ...(await readDevConfig()),
      "github:baseUrl": `${simulator.url}/`,
      "ghcr-fleet:registryUrl": simulator.registryUrl,
    },
    secrets: {
      "github:token": simulator.world.tokenValue("admin"),
      "ghcr-fleet:pat": simulator.world.tokenValue("publisher"),
    },
  });
  await runStory({ terminal, simulator, stack });
  if (values.keep) await untilInterrupted(terminal, simulator, stack);
} finally {
  await simulator.close();
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}
