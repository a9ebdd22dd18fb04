import { expect, test } from "vitest";
import { acknowledge } from "../../../src/operations/audit/audit-memory.ts";
import { collectFindings } from "../../../src/operations/audit/collect-findings.ts";
import type { Sighting } from "../../../src/operations/audit/sighting.ts";

const sighting = (source: string, text: string, day: number): Sighting => ({
  rule: "token-foreign-address",
  level: "error",
  text,
  fix: "look",
  source,
  at: `2026-08-${day}T09:00:00.000Z`,
  repository: "acme/web",
  actor: "pat",
  address: "192.0.2.1",
});

test("equal events are one finding, with their number, start and end", () => {
  const first = collectFindings([], [sighting("b", "here", 12), sighting("a", "here", 11)]);
  const next = collectFindings(first, [sighting("c", "here", 14), sighting("d", "there", 13)]);
  expect(next).toMatchObject([
    { id: first[0]?.id, text: "here", count: 3, firstAt: "2026-08-11T09:00:00.000Z" },
    { text: "there", count: 1, lastAt: "2026-08-13T09:00:00.000Z" },
  ]);
});

test("findings are acknowledged by the beginnings of their ids, and unknown ids are reported", () => {
  const findings = collectFindings([], [sighting("a", "here", 11), sighting("b", "there", 12)]);
  const memory = {
    version: 1 as const,
    stack: "acme",
    until: "2026-08-13T00:00:00.000Z",
    tokens: [],
    managingTokens: [],
    findings,
    seen: { a: "2026-08-11T09:00:00.000Z" },
  };
  const id = findings[0]?.id ?? "";
  const one = acknowledge(memory, [id.slice(0, 6), "nothing"]);
  expect(one.memory.findings.map((each) => each.id)).toEqual([findings[1]?.id]);
  expect([one.acknowledged, one.unknown]).toEqual([1, ["nothing"]]);
  expect(acknowledge(memory, ["all"]).memory.findings).toEqual([]);
  expect(acknowledge(memory, ["all"]).memory.seen).toEqual(memory.seen);
});
