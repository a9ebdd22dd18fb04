// The cost of selecting repositories: node tools/run.mjs bench/selectors.ts [repositories] [milliseconds of latency]
// What a preview does first: the fleet's selectors are read from the simulated GitHub, whose proxy delays each request.
// The target for 2,000 repositories and 50 ms, whatever is combined: less than 25 requests, and 3 s. The simulator shares
// the processors, so the seconds are given without its answers, too.
import { performance } from "node:perf_hooks";
import { loadFleetConfig } from "../src/fleet/load-fleet-config.ts";
import { createGitHubClient } from "../src/github/client/github-client.ts";
import { findFleet } from "../src/stack/find-fleet.ts";
import { totalOf } from "./simulated/counting-proxy.ts";
import { startGitHub } from "./simulated/start-github.ts";

const [count = 2_000, latency = 50] = process.argv.slice(2).map(Number);
const rounds = 3;
const most = { requests: 25, seconds: 3 };

const names = Array.from({ length: count }, (_, index) => `service-${index + 1}`);
const github = await startGitHub({
  latency,
  limits: false,
  seed: {
    organisation: { login: "acme" },
    users: [{ login: "ada", role: "admin" }],
    tokens: [{ name: "admin", owner: "ada", scopes: ["repo", "admin:org"] }],
    repositories: names.map((name, index) => ({
      name,
      language: index % 2 === 0 ? "Go" : "TypeScript",
      visibility: index % 5 === 0 ? "public" : "private",
      topics: index % 3 === 0 ? ["container"] : [],
      ...(index % 4 !== 0 && { dockerfile: "Dockerfile" }),
    })),
    teams: [
      { name: "Platform", repositories: Object.fromEntries(names.map((name) => [name, "write"])) },
      {
        name: "Data",
        repositories: Object.fromEntries(names.slice(0, count / 2).map((name) => [name, "read"])),
      },
    ],
  },
});

const team = { team: { slug: "platform", permission: "write" } };
const combinations = {
  topic: { topic: "container" },
  language: { language: "Go" },
  has: { has: "Dockerfile" },
  team: team,
  property: { property: { name: "tier", value: "gold" } },
  "all of language, visibility, has": {
    all: [{ language: "Go" }, { not: { visibility: "public" } }, { has: "Dockerfile" }],
  },
  "any of all these, and not of two teams": {
    all: [
      {
        any: [
          { property: "tier" },
          { topic: "container" },
          { language: "TypeScript" },
          { match: "service-1*" },
        ],
      },
      { has: "Dockerfile" },
      team,
      { not: { all: [{ team: "data" }, { has: "gone.txt" }] } },
    ],
  },
};

try {
  const write = async (method: string, path: string, body: object) => {
    const headers = { authorization: `Bearer ${github.tokens["admin"]}` };
    const answer = await fetch(github.url + path, { method, headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status}`);
  };
  await write("PUT", "/orgs/acme/properties/schema/tier", {
    value_type: "single_select",
    allowed_values: ["gold", "tin"],
  });
  // GitHub takes 30 at a time.
  await write("PATCH", "/orgs/acme/properties/values", {
    repository_names: names.slice(0, 30),
    properties: [{ property_name: "tier", value: "gold" }],
  });
  const print = (line: string) => process.stdout.write(`${line}\n`);
  print(
    `| ${count} repositories, ${latency} ms | selected | requests | seconds | without the simulator's answers |\n|---|---|---|---|---|`,
  );
  for (const [name, selector] of Object.entries(combinations)) {
    const settings = loadFleetConfig({ repositories: [selector] });
    const runs = [];
    for (let round = 0; round < rounds; round += 1) {
      github.takeRequests();
      github.takeAnswering();
      // A new client each time, as each preview has.
      const client = createGitHubClient({
        baseUrl: github.url,
        token: github.tokens["admin"] ?? "",
      });
      const start = performance.now();
      const fleet = await findFleet(client, "acme", settings);
      const seconds = (performance.now() - start) / 1000;
      runs.push({
        selected: fleet.repositories.length,
        requests: totalOf(github.takeRequests()),
        seconds,
        own: seconds - github.takeAnswering() / 1000,
      });
    }
    const [middle] = runs.sort((a, b) => a.seconds - b.seconds).slice(rounds >> 1);
    if (!middle) continue;
    const { selected, requests, seconds, own } = middle;
    print(`| ${name} | ${selected} | ${requests} | ${seconds.toFixed(1)} | ${own.toFixed(1)} |`);
    if (requests >= most.requests || seconds > most.seconds) process.exitCode = 1;
  }
} finally {
  await github.close();
}
