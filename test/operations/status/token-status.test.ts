import { expect, test } from "vitest";
import { parseSeed, startSimulator } from "github-simulator";
import { readTokenStatus } from "../../../src/operations/status/token-status.ts";
import { stackMemory } from "../../../src/operations/status/stack-memory.ts";
import { stackRecord } from "../../../src/stack/stack-record.ts";

test("reports that reading the PAT is retried", async () => {
  const scopes = ["write:packages", "read:packages"];
  const simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "acme-publisher", role: "member" }],
      tokens: [{ name: "publisher", owner: "acme-publisher", scopes, expiresInDays: 60 }],
    }),
  });
  simulator.faults.inject({ path: "/user", times: 1 }, { kind: "answer", status: 502 });
  const said: string[] = [];
  const token = await readTokenStatus({
    baseUrl: simulator.url,
    pat: simulator.world.tokenValue("publisher"),
    fleet: undefined,
    rules: { owner: "acme-publisher", maxDays: 90 },
    memory: stackMemory(stackRecord({ resources: [] })),
    onWait: (message) => said.push(message),
  });
  expect(token).toMatchObject({ state: "live", owner: "acme-publisher" });
  expect(said).toEqual(["GitHub answered 502: asking again in 1 s"]);
  await simulator.close();
});

test.each([
  ["job-token", "unneeded"],
  ["organization", "unknown"],
] as const)("without a PAT, where a repository has %s: %s", async (credential, state) => {
  const token = await readTokenStatus({
    baseUrl: "http://127.0.0.1:9",
    pat: undefined,
    fleet: { repositories: [{ credential: "job-token" }, { credential }] },
    rules: { owner: undefined, maxDays: 90 },
    memory: stackMemory(stackRecord({ resources: [] })),
  });
  expect(token).toMatchObject({ state });
});
