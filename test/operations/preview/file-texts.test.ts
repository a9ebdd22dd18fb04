import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EngineEvent } from "@pulumi/pulumi/automation/index.js";
import { parseSeed, startSimulator, type Simulator } from "github-simulator";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { gitBlobId } from "../../../src/github/contents/git-blob-id.ts";
import { StoredTexts } from "../../../src/github/contents/stored-texts.ts";
import { createEventLog } from "../../../src/operations/preview/event-log.ts";
import { readFileTexts, textsOf } from "../../../src/operations/preview/file-texts.ts";

const [ci, release] = [".github/workflows/ci.yml", ".github/workflows/release.yml"];
/** As the engine writes an unknown value into its events. */
const unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

let simulator: Simulator;
let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "ghcr-fleet-texts-"));
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "ada", role: "admin" }],
      tokens: [{ name: "admin", owner: "ada", scopes: ["repo"] }],
      repositories: [{ name: "api" }],
    }),
  });
});
afterEach(async () => {
  await simulator.close();
  await rm(cache, { recursive: true, force: true });
});

test("only ids are looked up: not a text of an earlier version, nor what is unknown yet", async () => {
  const token = simulator.world.tokenValue("admin");
  const github = createGitHubClient({ baseUrl: simulator.url, token, pace: "burst" });
  const stored = new StoredTexts({ GHCR_FLEET_CACHE: cache });
  const next = "name: ci # next\n";
  await stored.keep(next);
  const before = { [ci]: "name: ci\n", [release]: "name: release\n" };
  const after = { [ci]: gitBlobId(next), [release]: unknown };
  const stateOf = (files: object) => ({ inputs: { owner: "acme", branch: "main", files } });
  const type = "ghcr:index:RepositoryPublishing";
  const urn = `urn:pulumi:test::ghcr-fleet::${type}::api`;
  const log = createEventLog();
  log.onEvent({
    resOutputsEvent: {
      metadata: { op: "update", urn, type, old: stateOf(before), new: stateOf(after) },
    },
  } as unknown as EngineEvent);
  const texts = await readFileTexts(github, stored, log);
  expect(simulator.requests).toEqual([]);
  expect(textsOf(before, texts)).toEqual(before);
  expect(textsOf(after, texts)).toEqual({
    [ci]: next,
    [release]: expect.stringMatching(/^\(not known/),
  });
});

test("the text of the shared workflow, before and after, is read in its central repository", async () => {
  const token = simulator.world.tokenValue("admin");
  const github = createGitHubClient({ baseUrl: simulator.url, token, pace: "burst" });
  const publish = ".github/workflows/publish.yml";
  simulator.byHand("ada").editFiles("acme/api", { [publish]: "name: theirs\n" });
  const stored = new StoredTexts({ GHCR_FLEET_CACHE: cache });
  const place = { owner: "acme", repository: "api", branch: "main" };
  const next = { ...place, files: { [publish]: gitBlobId("name: theirs\n") } };
  const type = "ghcr:index:SharedWorkflow";
  const urn = `urn:pulumi:test::ghcr-fleet::${type}::shared-workflow`;
  const log = createEventLog();
  const other = { inputs: { ...next, files: { [publish]: gitBlobId("name: other\n") } } };
  log.onEvent({
    resOutputsEvent: { metadata: { op: "create", urn, type, old: null, new: other } },
  } as unknown as EngineEvent);
  const texts = await readFileTexts(github, stored, log);
  expect(texts.present.get("")).toEqual(next.files);
  expect(textsOf(next.files, texts)).toEqual({ [publish]: "name: theirs\n" });
});
