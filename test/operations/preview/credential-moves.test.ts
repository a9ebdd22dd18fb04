import type { EngineEvent, PolicyEvent } from "@pulumi/pulumi/automation/index.js";
import picocolors from "picocolors";
import { expect, test } from "vitest";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { credentialMoves } from "../../../src/operations/preview/credential-moves.ts";
import { groupChanges, plannedChanges } from "../../../src/operations/preview/planned-changes.ts";
import { ruleResults } from "../../../src/operations/preview/rule-results.ts";
import { previewText } from "../../../src/report/preview/preview-text.ts";
import { aPreview } from "../../report/preview/a-preview.ts";
import { logOf, step } from "./steps.ts";
import { textsIn } from "./texts.ts";

const publishing = "ghcr:index:RepositoryPublishing";
const secret = "ghcr:index:RegistrySecret";
const shared = (...names: string[]) => ({
  scope: "organization",
  name: "GHCR_PAT",
  repositories: Object.fromEntries(names.map((name) => [name, name.length])),
});
const own = (repository: string) => ({ scope: "repository", name: "GHCR_PAT", repository });
const variable = (...ids: number[]) => ({
  variableName: "GHCR_USERNAME",
  selectedRepositoryIds: ids,
});
const tried = (push: string) => ({ packages: [{ image: "mailer", push }] });
const log = logOf(
  step("update", secret, "GHCR_PAT", shared("api", "mailer"), shared("billing")),
  step(
    "update",
    "github:index/actionsOrganizationVariable:ActionsOrganizationVariable",
    "GHCR_USERNAME",
    variable(3, 6),
    variable(7),
  ),
  step("create", secret, "api/GHCR_PAT", undefined, own("api")),
  step("delete", secret, "billing/GHCR_PAT", own("billing"), undefined),
  step("update", publishing, "mailer", tried("allowed"), { ...tried("not tried"), jobToken: true }),
  // New in the fleet, and gone from it.
  step("create", secret, "web/GHCR_PAT", undefined, own("web")),
  step("delete", secret, "old/GHCR_PAT", own("old"), undefined),
);
const changes = groupChanges(
  plannedChanges(log, textsIn(), false),
  new Map(),
  credentialMoves(log),
);

test("moves are values, and not only their parts", () => {
  const moves = changes.map(({ repository, credential }) => [repository, credential]);
  const move = (before: string, after: string) => ({ secret: "GHCR_PAT", before, after });
  expect(moves).toEqual([
    [undefined, undefined],
    ["api", move("organization", "repository")],
    ["billing", move("repository", "organization")],
    ["mailer", move("organization", "job-token")],
    ["old", undefined],
    ["web", undefined],
  ]);
});

test("a secret that is replaced by one of an environment moves, too", () => {
  const after = { ...own("api"), scope: "environment", environment: "release" };
  const replaced = logOf(
    step("create-replacement", secret, "api/GHCR_PAT", own("api"), after),
    step("replace", secret, "api/GHCR_PAT", own("api"), after),
    step("delete-replaced", secret, "api/GHCR_PAT", own("api"), undefined),
  );
  const move = { secret: "GHCR_PAT", before: "repository", after: "environment" };
  expect(credentialMoves(replaced)).toEqual(new Map([["api", move]]));
  expect(plannedChanges(replaced, textsIn(), false)).toMatchObject([{ operation: "replace" }]);
});

test("no advice is about a secret that the update deletes", () => {
  const advice = (name: string, enforcementLevel: "advisory" | "mandatory" = "advisory") => ({
    policyEvent: {
      resourceUrn: `urn:pulumi:test::ghcr-fleet::${secret}::${name}`,
      message: "No secret hides the organisation's.\nit must not hide the organisation's secret.",
      policyName: "secret-shadowed",
      enforcementLevel,
    } as PolicyEvent,
  });
  for (const event of [
    advice("billing/GHCR_PAT"),
    advice("web/GHCR_PAT"),
    advice("old/GHCR_PAT", "mandatory"),
  ]) {
    log.onEvent(event as EngineEvent);
  }
  expect(ruleResults(log).rules.map(({ subject, level }) => [subject, level])).toEqual([
    ["old", "mandatory"],
    ["web", "advisory"],
  ]);
});

test("moves are said in words, with names and without ids", () => {
  const text = previewText(aPreview({ changes }), picocolors.createColors(false));
  expect(text.split("\n").slice(0, -4).join("\n")).toMatchInlineSnapshot(`
    "acme: 5 repositories change, 2 shared settings change
      shared: secret GHCR_PAT (changed), variable GHCR_USERNAME (changed)
        secret GHCR_PAT reaches billing, too
        secret GHCR_PAT no longer reaches api, mailer
        variable GHCR_USERNAME reaches billing, too
        variable GHCR_USERNAME no longer reaches api, mailer
      api: secret GHCR_PAT (new)
        GHCR_PAT moves from the organisation's secret to the repository's own one
      billing: secret GHCR_PAT (removed)
        GHCR_PAT moves from the repository's own secret to the organisation's one
      mailer: credential (changed)
        publishes with the job's own token, and no longer with the organisation's secret GHCR_PAT
      old: secret GHCR_PAT (removed)
      web: secret GHCR_PAT (new)"
  `);
});
test("callers of a version that the update makes do not show a placeholder for it", () => {
  const call = (version: string) => `uses: acme/.github/.github/workflows/p.yml@${version}\n`;
  const [former, toCome] = ["1".repeat(40), "0".repeat(40)];
  const pinned = (pin: string) => ({
    owner: "acme",
    branch: "main",
    files: { ".github/workflows/ci.yml": gitBlobId(call(pin)) },
    pin,
  });
  const log = logOf(step("update", publishing, "api", pinned(former), pinned(toCome)));
  const changes = plannedChanges(log, textsIn(call(former), call(toCome)), false);
  expect(changes[0]?.files[0]?.diff).toContain(
    "+uses: acme/.github/.github/workflows/p.yml@<the commit that the update makes>",
  );
  const text = previewText(
    aPreview({ changes: groupChanges(changes, new Map(), new Map()) }),
    picocolors.createColors(false),
  );
  expect(text).toContain(
    "version of the shared workflow: 111111111111 → the one that the update makes",
  );
});
