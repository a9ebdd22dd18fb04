import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { ociClient } from "github-simulator/testing";
import { parseFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { checkNewPat } from "../../../src/operations/rotation/check-new-pat.ts";
import { findShadowed } from "../../../src/operations/rotation/shadows.ts";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import { UsageError, UserError } from "../../../src/user-error.ts";

let simulator: Simulator;
beforeAll(async () => {
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [
        { login: "mona", role: "admin" },
        { login: "acme-publisher", role: "member" },
      ],
      tokens: [
        { name: "admin", owner: "mona", scopes: ["repo", "admin:org"] },
        { name: "laptop", owner: "mona", scopes: ["write:packages"] },
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

const canary = [{ name: "api", image: "api" }] as never;

/** A rotation of a stack up to the check of the new PAT, and its events. */
function rotating(
  admin: string,
  // Nothing listens on the port for discarded data.
  registryUrl = "http://127.0.0.1:9",
) {
  const token = simulator.world.tokenValue(admin);
  const reported: RolloutEvent[] = [];
  const stack = {
    name: "test",
    settings: parseFleetConfig(JSON.stringify({ repositories: [{ name: "api" }] }), false),
    connection: { owner: "acme", baseUrl: simulator.url, token, tokenFrom: "environment" },
    registry: "ghcr.io",
    registryUrl,
  };
  const report = (event: RolloutEvent) => void reported.push(event);
  return { context: { stack, report } as never, reported };
}

const none = { owner: "acme-publisher", canary: [], all: [] };

test("the PAT of another person has to push every image of the fleet", async () => {
  const { context } = rotating("admin");
  const value = simulator.world.tokenValue("publisher");
  const images = { ...none, all: ["web"] };
  expect((await checkNewPat(context, value, images)).owner).toBe("acme-publisher");
  // Nothing listens there: the registry is asked.
  const another = checkNewPat(context, value, { ...images, owner: "someone-else" });
  await expect(another).rejects.toThrow("cannot reach the registry");
});

test("a PAT that GitHub does not accept is to be rotated to again, and not to be configured", async () => {
  const { context } = rotating("admin");
  await expect(checkNewPat(context, `gone-${crypto.randomUUID()}`, none)).rejects.toThrow(
    new UsageError(
      "GitHub does not accept the new PAT: it has expired, was revoked, or was not copied completely. " +
        "Copy it again, or create one at https://github.com/settings/tokens/new?scopes=write:packages, " +
        "then run the same command again",
    ),
  );
});

test("a push that the registry refuses comes with the role to grant, and what to do then", async () => {
  const { registryUrl, world } = simulator;
  const laptop = ociClient({ url: registryUrl, token: world.tokenValue("laptop") });
  expect((await laptop.push("acme/api", "1.0")).status).toBe(201);
  const { context } = rotating("admin", registryUrl);
  const images = { ...none, canary: ["api"] };
  await expect(checkNewPat(context, world.tokenValue("publisher"), images)).rejects.toThrow(
    new UsageError(
      "the new PAT may not push acme/api: denied: permission_denied: write_package\n" +
        "Give acme-publisher the role Write in the settings of each package, or on the repository whose access it inherits; " +
        "where an image has no package yet, make it a member of the organisation. Then run the same command again",
    ),
  );
});

test("a registry that cannot be reached is reported, and is no reason against the PAT", async () => {
  const { context } = rotating("admin");
  await expect(
    checkNewPat(context, simulator.world.tokenValue("publisher"), { ...none, canary: ["api"] }),
  ).rejects.toThrow(
    new UserError(
      "cannot reach the registry at http://127.0.0.1:9: check the network, then run again",
    ),
  );
});

test("waits for GitHub are reported, for both tokens", async () => {
  const { context, reported } = rotating("admin");
  simulator.faults.inject({ path: "/user", times: 1 }, { kind: "answer", status: 502 });
  const secrets = /actions\/secrets/;
  simulator.faults.inject({ path: secrets, times: 1 }, { kind: "answer", status: 503 });

  const checked = checkNewPat(context, simulator.world.tokenValue("publisher"), none);
  expect((await checked).owner).toBe("acme-publisher");
  expect(await findShadowed(context, canary)).toEqual([]);
  const note = (message: string) => ({ stack: "test", type: "note", message });
  expect(reported).toEqual([
    note("GitHub answered 502: asking again in 1 s"),
    note("GitHub answered 503: asking again in 1 s"),
  ]);
});
