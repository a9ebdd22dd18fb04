import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import type { Contender } from "../../bench/contenders/contender.ts";
import { startProduct } from "../../bench/contenders/pulumi.ts";
import { nameRepositories, seedOf } from "../../bench/fleet-work.ts";
import { firstDesired } from "../../bench/measure.ts";
import { startGitHub, type SimulatedGitHub } from "../../bench/simulated/start-github.ts";

// The requests of `npm run bench`, so that none is added by accident. Time is not measured here.
// A larger fleet than one whose packages are read one by one.
const count = 6;
const desired = firstDesired(nameRepositories(count), "files to write");
let github: SimulatedGitHub;
let product: Contender;

beforeAll(async () => {
  const seed = seedOf(desired.names, "files to write");
  github = await startGitHub({ seed, latency: 0, limits: false });
  product = await startProduct(github, desired, "burst");
});
afterAll(async () => {
  await product.close();
  await github.close();
});

/** The number of queries depends on which reads are combined. */
function requestsOf(refresh = false) {
  return measureRequests(github, product, refresh);
}

async function measureRequests(at: SimulatedGitHub, contender: Contender, refresh = false) {
  at.takeRequests();
  const { signal } = new AbortController();
  const before = await at.endState();
  const { steps } = await contender.apply({ refresh, signal });
  const { commits } = await at.endState();
  const { queries, ...requests } = at.takeRequests();
  return { steps, commits: commits - before.commits, queries, requests };
}

test("the first update makes one commit for each repository", async () => {
  const { steps, commits, queries, requests } = await requestsOf();
  expect({ steps, commits, requests }).toMatchInlineSnapshot(`
    {
      "commits": 6,
      "requests": {
        "contentWrites": 6,
        "mutations": 6,
        "registry": 18,
        "restReads": 9,
        "restWrites": 2,
      },
      "steps": 22,
    }
  `);
  expect(queries).toBeLessThanOrEqual(5);
});

test("an update that changes nothing reads what the program needs", async () => {
  const { steps, commits, queries, requests } = await requestsOf();
  expect({ steps, commits, queries, requests }).toMatchInlineSnapshot(`
    {
      "commits": 0,
      "queries": 1,
      "requests": {
        "contentWrites": 0,
        "mutations": 0,
        "registry": 0,
        "restReads": 3,
        "restWrites": 0,
      },
      "steps": 0,
    }
  `);
});

test("a refresh reads the fleet's files together", async () => {
  const { steps, commits, queries, requests } = await requestsOf(true);
  expect({ steps, commits, queries, requests }).toMatchInlineSnapshot(`
    {
      "commits": 0,
      "queries": 2,
      "requests": {
        "contentWrites": 0,
        "mutations": 0,
        "registry": 0,
        "restReads": 9,
        "restWrites": 0,
      },
      "steps": 0,
    }
  `);
});

test("another PAT is one write", async () => {
  await product.prepare({ ...desired, pat: "next-publisher" });
  const { steps, commits, queries, requests } = await requestsOf();
  expect({ steps, commits, queries, requests }).toMatchInlineSnapshot(`
    {
      "commits": 0,
      "queries": 1,
      "requests": {
        "contentWrites": 0,
        "mutations": 0,
        "registry": 0,
        "restReads": 5,
        "restWrites": 1,
      },
      "steps": 5,
    }
  `);
});

test("a changed file is one commit for each repository", async () => {
  await product.prepare({ ...desired, pat: "next-publisher", timeoutMinutes: 45 });
  const { steps, commits, queries, requests } = await requestsOf();
  expect({ steps, commits, requests }).toMatchInlineSnapshot(`
    {
      "commits": 6,
      "requests": {
        "contentWrites": 6,
        "mutations": 6,
        "registry": 0,
        "restReads": 4,
        "restWrites": 0,
      },
      "steps": 6,
    }
  `);
  expect(queries).toBeLessThanOrEqual(6);
});

test("a change of the shared workflow is one commit, whatever calls it", async () => {
  const first = firstDesired(nameRepositories(count), "shared form");
  const at = await startGitHub({
    seed: seedOf(first.names, "shared form"),
    latency: 0,
    limits: false,
  });
  const contender = await startProduct(at, first, "burst");
  onTestFinished(async () => {
    await contender.close();
    await at.close();
  });
  await measureRequests(at, contender);
  await contender.prepare({ ...first, timeoutMinutes: 45 });
  const { steps, commits, queries, requests } = await measureRequests(at, contender);
  expect({ steps, commits, queries, requests }).toMatchInlineSnapshot(`
    {
      "commits": 1,
      "queries": 2,
      "requests": {
        "contentWrites": 1,
        "mutations": 1,
        "registry": 0,
        "restReads": 3,
        "restWrites": 0,
      },
      "steps": 1,
    }
  `);
});
