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
const platform = await startOrganisation(Number(values.port));
try {
  const stack = await PulumiStack.create({
    folder,
    stack: "dev",
    config: {
      ...(await readDevConfig()),
      "github:baseUrl": `${platform.url}/`,
      "ghcr-fleet:registryUrl": platform.registryUrl,
    },
    secrets: {
      "github:token": platform.world.tokenValue("admin"),
      "ghcr-fleet:pat": platform.world.tokenValue("publisher"),
    },
  });
  await runStory({ terminal, platform, stack });
  if (values.keep) await untilInterrupted(terminal, platform, stack);
} finally {
  await platform.close();
  if (!values.keep) await rm(folder, { recursive: true, force: true });
}
