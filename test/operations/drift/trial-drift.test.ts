import { afterEach, beforeEach, expect, test } from "vitest";
import { loadFleetConfig } from "../../../src/fleet/load-fleet-config.ts";
import { findFleet } from "../../../src/stack/find-fleet.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitHubAs } from "../../support/github-as.ts";
import { findingsOf, startDrift } from "./start-drift.ts";

let at: Awaited<ReturnType<typeof startDrift>>;
beforeEach(async () => void (at = await startDrift()));
afterEach(() => at.simulator.close());

const token = (name: string, owner: string) => ({
  type: "ghcr:index:RegistryToken",
  urn: `urn:pulumi:acme::fleet::ghcr-fleet:index:RegistryAccess$ghcr:index:RegistryToken::${name}`,
  outputs: { hash: `${name}=`, owner },
});
const tokens = { now: [token("publisher", "ada")], trial: [token("next-publisher", "ben")] };

/** Against a fleet of all repositories. */
async function read(resources: object[]) {
  const github = createGitHubClient({
    baseUrl: at.simulator.url,
    token: at.simulator.world.tokenValue("admin"),
  });
  const settings = loadFleetConfig({
    defaults: { workflows: "none" },
    repositories: [{ match: "*" }],
  });
  return at.read(resources, "admin", await findFleet(github, "acme", settings));
}

test("a variable with the owner of the PAT in trial is no drift, until the trial is over", async () => {
  const place = { owner: "acme", repository: "api" };
  const [name, value] = ["GHCR_USERNAME", "ben"];
  const variable = { type: "ghcr:index:RegistryVariable", urn: "urn:variable" };
  const send = gitHubAs(at.simulator, "admin");
  await send("POST /repos/acme/api/actions/variables", { name, value });
  const resources = [...tokens.now, { ...variable, outputs: { ...place, name, value } }];
  expect(findingsOf(await read([...resources, ...at.state(), ...tokens.trial]))).toEqual([]);
  const found = await read([...resources, ...at.state()]);
  expect(findingsOf(found)).toEqual(["variable-changed GHCR_USERNAME"]);
});

test("the secret of a trial hides nothing, also where its repository was renamed meanwhile", async () => {
  const web = { scope: "repository", repository: "acme/web" } as const;
  at.hand.setSecret(web, "GHCR_PAT", "tried");
  const own = { owner: "acme", scope: "repository", repository: "web", name: "GHCR_PAT" };
  const secret = {
    type: "ghcr:index:RegistrySecret",
    urn: "urn:own",
    outputs: { ...own, box: "sealed" },
  };
  const resources = [...tokens.now, ...at.state([secret])];
  at.hand.renameRepository("acme/web", "site");
  expect(findingsOf(await read([...resources, ...tokens.trial]))).not.toContain(
    "secret-shadowed GHCR_PAT",
  );
  expect(findingsOf(await read(resources))).toContain("secret-shadowed GHCR_PAT");
});
