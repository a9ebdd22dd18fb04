import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, startSimulator, type Simulator } from "../../simulator/index.ts";
import { parseFleetConfig } from "../../src/fleet/load-fleet-config.ts";
import { admitPat } from "../../src/rollout/admit-pat.ts";
import { UserError } from "../../src/user-error.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [
        { login: "mona", role: "admin" },
        { login: "acme-publisher", role: "member" },
      ],
      tokens: [
        {
          name: "publisher",
          owner: "acme-publisher",
          scopes: ["write:packages"],
          expiresInDays: 9,
        },
      ],
      repositories: [{ name: "api" }],
    }),
  });
});
afterAll(() => simulator.close());

test("a registry that cannot be reached is said, and is nothing against the PAT", async () => {
  const pat = simulator.world.tokenValue("publisher");
  const stack = {
    name: "test",
    settings: parseFleetConfig(JSON.stringify({ repositories: [{ name: "api" }] }), false),
    connection: { owner: "acme", baseUrl: simulator.url, token: "", tokenFrom: "environment" },
    // Nothing listens on the port for discarded data.
    registryUrl: "http://127.0.0.1:9",
  };
  const canary = [{ name: "api", image: "api" }];
  const admitted = admitPat(stack as never, pat, canary as never);
  await expect(admitted).rejects.toThrow(
    new UserError(
      "cannot reach the registry at http://127.0.0.1:9: check the network, then run again",
    ),
  );
});
