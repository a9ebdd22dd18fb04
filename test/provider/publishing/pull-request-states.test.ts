import { beforeEach, expect, test } from "vitest";
import { PullRequestStates } from "../../../provider/resources/publishing/reads/pull-request-states.ts";
import { startProvider, type Provider } from "../start-provider.ts";

const fleet = ["api", "web", "docs", "shop"];
const branch = "ghcr-fleet/publishing";
const url = (repository: string, number = 1) =>
  `https://github.com/acme/${repository}/pull/${number}`;

let at: Provider;
beforeEach(async () => void (at = await startProvider("admin", fleet.slice(1))));

async function open(repository: string) {
  const sha = at.world.repository(`acme/${repository}`).refs.get("refs/heads/main");
  const refs = `POST /repos/acme/${repository}/git/refs`;
  await at.github.request(refs, { ref: `refs/heads/${branch}`, sha });
  at.byHand.editFiles(`acme/${repository}`, { "ci.yml": "new\n" }, { branch });
  const pulls = `POST /repos/acme/${repository}/pulls`;
  await at.github.request(pulls, { title: "ci", head: branch, base: "main" });
}

const close = (repository: string) =>
  at.github.request(`PATCH /repos/acme/${repository}/pulls/1`, { state: "closed" });

/** Asks as the engine does, one after the other. */
async function ask(requests: readonly { repository: string; url: string }[], names = fleet) {
  const before = at.simulator.requests.length;
  const states = new PullRequestStates(at.github, "acme", names);
  const found: (string | undefined)[] = [];
  for (const each of requests) found.push((await states.get(each))?.state);
  return { found, requests: at.simulator.requests.length - before };
}

test("the pull requests of many repositories cost one query, whatever the number of questions", async () => {
  for (const repository of ["api", "web", "docs"]) await open(repository);
  await close("web");
  const asked = ["api", "web", "docs", "api"];
  const requests = asked.map((repository) => ({ repository, url: url(repository) }));
  expect(await ask(requests)).toEqual({
    found: ["OPEN", "CLOSED", "OPEN", "OPEN"],
    requests: 1,
  });
});

test("one that is not the newest, or whose repository is not of the fleet, is read by itself", async () => {
  await open("api");
  await close("api");
  const older = { repository: "api", url: url("api") };
  const body = { title: "ci", head: branch, base: "main" };
  await at.github.request("POST /repos/acme/api/pulls", body);
  const newer = { repository: "api", url: url("api", 2) };
  expect(await ask([newer, older])).toEqual({ found: ["OPEN", "CLOSED"], requests: 2 });
  expect(await ask([older], ["web"])).toEqual({ found: ["CLOSED"], requests: 1 });
});

test("a repository that is gone hides nothing of the others, and its own says nothing", async () => {
  await open("api");
  const gone = { repository: "gone", url: url("gone") };
  const { found } = await ask([gone, { repository: "api", url: url("api") }], [...fleet, "gone"]);
  expect(found).toEqual([undefined, "OPEN"]);
});
