import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rules } from "../../policy/rules.ts";
import { workflowBounded } from "../../policy/rules/workflow-bounded.ts";
import { workflowPinned } from "../../policy/rules/workflow-pinned.ts";
import { storedTexts, type StoredTexts } from "../../policy/workflow/stored-text.ts";
import { gitBlobId } from "../../src/github/contents/git-blob-id.ts";
import { StoredTexts as ProviderTexts } from "../../src/github/contents/stored-texts.ts";
import {
  change,
  ci,
  ciPath,
  release,
  releasePath,
  workflowFiles,
} from "./cases/workflow-programs.ts";
import { runPolicy, runRemediation } from "./run-policy.ts";

const unpinned = change(ci, /actions\/checkout@\S+ # v\S+/, "actions/checkout@v4");
const missing = gitBlobId("a text of another machine");

let folder: string;
let texts: StoredTexts;
/** As the provider puts a file into the properties of a resource. */
let keep: (text: string) => Promise<string>;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "ghcr-fleet-policy-"));
  const environment = { GHCR_FLEET_CACHE: folder };
  const provider = new ProviderTexts(environment);
  keep = (text) => provider.keep(text);
  texts = storedTexts(environment);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("a workflow file that a resource names by its git blob id", () => {
  test("is judged by its text, in preview and update", async () => {
    const resources = [workflowFiles({ [ciPath]: await keep(unpinned) })];
    const plain = [workflowFiles({ [ciPath]: unpinned })];
    for (const run of ["preview", "update"] as const) {
      const { violations } = await runPolicy(workflowPinned, { resources, texts, run });
      expect(violations).toHaveLength(1);
      expect(violations).toEqual(
        (await runPolicy(workflowPinned, { resources: plain })).violations,
      );
    }
  });

  test("passes where its text does", async () => {
    const files = { [ciPath]: await keep(ci), [releasePath]: await keep(release) };
    const all = rules.filter(({ kind }) => kind === "workflow");
    for (const rule of all) {
      const { violations } = await runPolicy(rule, { resources: [workflowFiles(files)], texts });
      expect(violations, rule.id).toEqual([]);
    }
  });

  test("is judged where `--target` leaves its resource out, if its text is there", async () => {
    const resource = { ...workflowFiles({ [ciPath]: await keep(unpinned) }), isLeftOut: true };
    const { violations } = await runPolicy(workflowPinned, { resources: [resource], texts });
    expect(violations).toHaveLength(1);
  });
});

describe("a text that is not there", () => {
  const mandatory = rules.filter(({ kind, level }) => kind === "workflow" && level === "mandatory");

  test("there are mandatory rules about workflows", () => {
    expect(mandatory.length).toBeGreaterThan(10);
  });

  test.each(mandatory)("is reported by $id", async (rule) => {
    const resources = [workflowFiles({ [ciPath]: missing })];
    const place = `${ciPath}:1`;
    const reported = [
      `api must have a text in the cache of this run, to be judged: run again (${place}). ${rule.remediation}`,
    ];
    for (const run of ["preview", "update"] as const) {
      const outcome = await runPolicy(rule, { resources, texts, run });
      expect(outcome).toEqual({ violations: reported, unknown: [] });
    }
    // Without a folder no text is there.
    expect((await runPolicy(rule, { resources })).violations).toEqual(reported);
  });

  test("is not reported where `--target` leaves the resource out", async () => {
    const resource = { ...workflowFiles({ [ciPath]: missing }), isLeftOut: true };
    for (const rule of mandatory) {
      const outcome = await runPolicy(rule, { resources: [resource], texts });
      expect(outcome, rule.id).toEqual({ violations: [], unknown: [] });
    }
  });

  test("hides no other file of a resource that is left out", async () => {
    const files = { [ciPath]: missing, [releasePath]: await keep(unpinned) };
    const resource = { ...workflowFiles(files), isLeftOut: true };
    const { violations } = await runPolicy(workflowPinned, { resources: [resource], texts });
    expect(violations).toEqual([expect.stringContaining(releasePath)]);
  });

  test("is not remediated", async () => {
    const resource = workflowFiles({ [ciPath]: missing });
    expect(await runRemediation(workflowPinned, resource, { texts })).toBeUndefined();
  });
});

describe("a remediation", () => {
  test("stores the new text where the provider finds it, and puts its id", async () => {
    const before = await keep(unpinned);
    const kept = await keep(release);
    const resource = workflowFiles({ [ciPath]: before, [releasePath]: kept });
    const props = await runRemediation(workflowPinned, resource, { texts });
    const files = props?.["files"] as Record<string, string>;
    expect(files[releasePath]).toBe(kept);
    expect(files[ciPath]).not.toBe(before);
    const text = await new ProviderTexts({ GHCR_FLEET_CACHE: folder }).read(files[ciPath] ?? "");
    expect(text).toMatch(/actions\/checkout@[0-9a-f]{40} # v/);
    const repaired = { ...resource, props: { ...resource.props, files } };
    const { violations } = await runPolicy(workflowPinned, { resources: [repaired], texts });
    expect(violations).toEqual([]);
  });

  test("of what is right changes nothing", async () => {
    const resource = workflowFiles({ [ciPath]: await keep(ci) });
    expect(await runRemediation(workflowBounded, resource, { texts })).toBeUndefined();
  });
});
