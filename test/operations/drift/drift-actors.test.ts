import { afterEach, beforeEach, expect, test } from "vitest";
import type { Drift } from "../../../src/operations/drift/read-drift.ts";
import { hashToken } from "../../../src/github/tokens/inspect-token.ts";
import { organisation, startDrift } from "./start-drift.ts";
import { gitHubAs } from "../../support/github-as.ts";

let at: Awaited<ReturnType<typeof startDrift>>;
const actors = ({ findings }: Drift) => findings.map(({ kind, actor }) => [kind, actor]);
const variable = (value: string) => ({
  type: "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
  urn: "urn:variable",
  outputs: { variableName: "GHCR_USERNAME", value },
});
beforeEach(async () => {
  at = await startDrift();
  at.simulator.world.findOrganisation("acme")!.plan = "enterprise";
});
afterEach(() => at.simulator.close());

test("somebody who did the same at another time is not the actor", async () => {
  const resources = at.state();
  const secret = at.simulator.world.findOrganisation("acme")!.secrets.secrets.get("GHCR_PAT")!;
  const after = (seconds: number) => new Date(Date.now() + seconds * 1000).toISOString();
  secret.updatedAt = after(3600);
  expect(actors(await at.read(resources, "auditor"))).toEqual([["secret-overwritten", null]]);
  secret.updatedAt = after(5);
  expect(actors(await at.read(resources, "auditor"))).toEqual([["secret-overwritten", "ada"]]);
});

test("the stack's own change, the last in the log, does not make it the actor", async () => {
  const client = gitHubAs(at.simulator, "auditor");
  const given = { name: "GHCR_USERNAME", value: "olga", visibility: "all" };
  await client("POST /orgs/acme/actions/variables", given);
  const resources = at.state([variable("acme-publisher")]);
  expect(actors(await at.read(resources, "auditor"))).toEqual([["variable-changed", "ada"]]);
  const own = hashToken(at.simulator.world.tokenValue("auditor"));
  expect(actors(await at.read(resources, "auditor", undefined, own))).toEqual([
    ["variable-changed", null],
  ]);
});

test("the actor is found under the repository's former name", async () => {
  const resources = at.state();
  await gitHubAs(at.simulator, "auditor")("PATCH /repos/acme/web", { name: "site" });
  expect(actors(await at.read(resources, "auditor"))).toEqual([["repository-gone", "ada"]]);
});

test("without the log the actor is unknown, and the drift is still reported", async () => {
  const resources = at.state();
  at.hand.deleteSecret(organisation, "GHCR_PAT");
  at.simulator.faults.inject({ path: "/audit-log" }, { kind: "answer", status: 422 });
  const drift = await at.read(resources, "auditor");
  expect(actors(drift)).toEqual([["secret-deleted", null]]);
  expect(drift.unread).toEqual([
    expect.stringMatching(/^cannot read the audit log of acme: GitHub answered 422/),
  ]);
});

test("a variable of a repository that hides the organisation's is found, with who made it", async () => {
  const client = gitHubAs(at.simulator, "admin");
  const given = { name: "GHCR_USERNAME", value: "acme-publisher" };
  await client("POST /orgs/acme/actions/variables", { ...given, visibility: "all" });
  const resources = at.state([variable("acme-publisher")]);
  await client("POST /repos/acme/web/actions/variables", given);
  expect((await at.read(resources, "auditor")).findings).toEqual([]);
  await client("PATCH /repos/acme/web/actions/variables/GHCR_USERNAME", { value: "old-bot" });
  expect((await at.read(resources, "auditor")).findings).toMatchObject([
    {
      kind: "variable-shadowed",
      repository: "web",
      text: 'acme/web has a variable GHCR_USERNAME of its own, which hides the organisation\'s: its workflows log in as "old-bot"',
      actor: "ada",
      repair: { by: "person", step: "delete it on that page" },
    },
  ]);
});
