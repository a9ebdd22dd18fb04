import { afterEach, beforeEach, expect, test } from "vitest";
import { readEvents } from "../../../src/operations/audit/read-events.ts";
import { createGitHubClient, type GitHubClient } from "../../../src/github/client/github-client.ts";
import { parseSeed, type Simulator, startSimulator, virtualClock } from "github-simulator";

const clock = virtualClock("2026-08-13T09:00:00Z");
let simulator: Simulator;
let github: GitHubClient;
beforeEach(async () => {
  simulator = await startSimulator({
    actions: false,
    clock,
    seed: parseSeed({
      organisation: { login: "acme", plan: "enterprise" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [{ name: "admin", owner: "ada", scopes: ["read:audit_log"] }],
    }),
  });
  github = createGitHubClient({
    baseUrl: simulator.url,
    token: simulator.world.tokenValue("admin"),
  });
});
afterEach(() => simulator.close());

function overwrite(times: number): void {
  const hand = simulator.byHand("ada");
  for (let time = 0; time < times; time += 1) {
    clock.advance({ seconds: 1 });
    hand.setSecret({ scope: "organisation", organisation: "acme" }, "GHCR_PAT", `${time}`);
  }
}
const read = (since: string, requests: number) =>
  readEvents(github, {
    owner: "acme",
    tokens: ["hash"],
    since,
    now: new Date(clock.now()).toISOString(),
    requests,
  });

test("all pages are read, oldest first, each event once", async () => {
  const since = new Date(clock.now()).toISOString();
  overwrite(230);
  const { events, until } = await read(since, 500);
  expect(events.map(({ action }) => action).slice(0, 2)).toEqual([
    "org.create_actions_secret",
    "org.update_actions_secret",
  ]);
  expect(events).toHaveLength(230);
  expect(until).toBe(new Date(clock.now()).toISOString());
});

test("one endless search does not stop the others", async () => {
  const since = new Date(clock.now()).toISOString();
  overwrite(150);
  const hand = simulator.byHand("ada");
  hand.deleteSecret({ scope: "organisation", organisation: "acme" }, "GHCR_PAT");
  const searches = simulator.requests.length;
  await read(since, 500);
  const fewest = simulator.requests.length - searches - 1;
  const { events, until } = await read(since, fewest);
  expect(events.map(({ action }) => action)).toContain("org.remove_actions_secret");
  expect(Date.parse(until)).toBeGreaterThan(Date.parse(since));
  await expect(read(since, fewest - 1)).rejects.toThrow(/allow more with --requests$/);
});

test("if the requests are not enough, it reports how far it read, and continues from there", async () => {
  const since = new Date(clock.now()).toISOString();
  overwrite(120);
  const searches = simulator.requests.length;
  await read(since, 500);
  const enough = simulator.requests.length - searches;
  const cut = await read(since, enough - 1);
  expect(Date.parse(cut.until)).toBeLessThan(clock.now());
  expect(simulator.requests.length).toBe(searches + 2 * enough - 1);
  expect((await read(cut.until, 500)).until).toBe(new Date(clock.now()).toISOString());
});
