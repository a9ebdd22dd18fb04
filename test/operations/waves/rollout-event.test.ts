import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import type { StackPreview } from "../../../src/operations/preview/stack-preview.ts";
import {
  eventVersion,
  warnOnce,
  type RepositoryState,
  type RolloutEnd,
  type RolloutEvent,
  type WavePlan,
} from "../../../src/operations/waves/rollout-event.ts";

type Fields<T> = Record<Exclude<keyof T, "stack" | "type">, true>;

/** Every type with its fields; the compiler checks that none is missing. */
const fields: {
  readonly [Type in RolloutEvent["type"]]: Fields<Extract<RolloutEvent, { type: Type }>>;
} = {
  previewed: { preview: true },
  "rotation-planned": { steps: true },
  planned: { changes: true, waves: true, leaving: true, budget: true },
  previewing: {},
  "nothing-to-do": { refreshed: true },
  note: { message: true },
  warning: { message: true },
  status: { message: true, repository: true },
  "wave-started": { wave: true, repositories: true },
  repository: { wave: true, repository: true, state: true, detail: true, url: true },
  "wave-ended": { wave: true, failed: true, waiting: true },
  ended: { of: true, again: true, outcome: true, wave: true, reasons: true, repositories: true },
};

const values: readonly string[] = [
  ...Object.keys({
    applying: true,
    applied: true,
    waiting: true,
    healthy: true,
    merge: true,
    declined: true,
    unproven: true,
    failed: true,
  } satisfies Record<RepositoryState, true>),
  ...Object.keys({
    "nothing-to-do": true,
    planned: true,
    declined: true,
    done: true,
    unable: true,
    refused: true,
    unhealthy: true,
    failed: true,
    stopped: true,
  } satisfies Record<RolloutEnd["outcome"], true>),
  ...Object.keys({
    name: true,
    repositories: true,
    changing: true,
    budget: true,
  } satisfies Record<keyof WavePlan, true>),
  ...Object.keys({
    requests: true,
    writes: true,
    graphqlPoints: true,
    contentWrites: true,
    seconds: true,
  } satisfies Record<keyof WavePlan["budget"], true>),
];

test("the guide names every event with all its fields, and no other", async () => {
  const guide = await readFile(new URL("../../../docs/rollout.md", import.meta.url), "utf8");
  expect(guide).toContain(`\`version\` (${eventVersion};`);
  const [, table = ""] = guide.split("| type | fields |");
  const documented = new Map<string, string[]>();
  for (const [, types = "", described = ""] of table.matchAll(/^\| (`.*?) \| (.*?) ?\|$/gm)) {
    const words = [...described.matchAll(/`(\w[\w-]*)`/g)].flatMap(([, word]) => word ?? []);
    for (const [, type = ""] of types.matchAll(/`([\w-]+)`/g)) documented.set(type, words);
  }
  expect([...documented.keys()].sort()).toEqual(Object.keys(fields).sort());
  for (const [type, words] of documented) {
    const own = Object.keys(fields[type as RolloutEvent["type"]]);
    expect(words, type).toEqual(expect.arrayContaining(own));
    const known = new Set([
      ...own,
      ...values,
      ...Object.keys(fields),
      "rollout",
      "rotation",
      "revocation",
    ]);
    expect(
      words.filter((word) => !known.has(word)),
      type,
    ).toEqual([]);
  }
});

test("what the preview warns of, an update does not repeat", () => {
  const said: string[] = [];
  const report = warnOnce(({ stack, type }) => void said.push(`${stack} ${type}`));
  const preview = { warnings: ["api: no label"] } as unknown as StackPreview;
  report({ stack: "acme", type: "previewed", preview });
  for (const stack of ["acme", "beta", "beta"]) {
    report({ stack, type: "warning", message: "api: no label" });
  }
  expect(said).toEqual(["acme previewed", "beta warning"]);
});
