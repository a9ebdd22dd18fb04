import { expect, test } from "vitest";
import { githubCom } from "../../../src/github-host.ts";
import { withRotationPats } from "../../../src/cli/rotate/with-rotation-pats.ts";
import type { Rotation } from "../../../src/operations/rotation/credential-step.ts";
import { retirePats } from "../../../src/operations/rotation/retire-pats.ts";
import { rotate } from "../../../src/operations/rotation/rotate.ts";
import { rotationEffects } from "../../../src/operations/rotation/rotation-effects.ts";
import type { RolloutEvent } from "../../../src/operations/waves/rollout-event.ts";
import type { PatSources } from "../../../src/pat/pat-source.ts";
import type { OpenStack } from "../../../src/stack/open-stack.ts";

const place = { environment: { NEW_PAT: "new" } };
const gone = { pat: { env: "NEW_PAT" }, previousPat: { env: "OLD_PAT" } };
const stackWith = (patSources: PatSources) =>
  ({
    name: "prod",
    connection: { baseUrl: githubCom.api },
    patSources,
    settings: { healthGate: {} },
  }) as OpenStack;

/** A rotation that a person stopped before its first step. */
function rotationOf(stack: OpenStack) {
  const notes: string[] = [];
  const warnings: string[] = [];
  const { pat, nextPat, previousPat } = stack;
  const rotation = {
    context: {
      stack,
      stop: AbortSignal.abort(),
      report: (event: RolloutEvent) => {
        if (event.type === "note") notes.push(event.message);
        if (event.type === "warning") warnings.push(event.message);
      },
      confirm: async () => true,
    },
    fleet: { host: githubCom, secret: { name: "GHCR_PAT" }, repositories: [] },
    waves: [],
    canary: [],
    pats: { pat, nextPat, previousPat },
    progress: { end: (outcome: string) => ({ outcome }) },
  } as unknown as Rotation;
  return { rotation, notes, warnings };
}

test("a rotation whose old PAT cannot be read is resumed, and says that it is not revoked", async () => {
  const stack = await withRotationPats(stackWith(gone), place, false);
  expect(stack).toMatchObject({ pat: "new" });
  const { rotation, notes } = rotationOf(stack);
  const effects = { ...rotationEffects(rotation), problemOf: async () => undefined };
  expect(await rotate(rotation, { kind: "resume" }, effects)).toEqual({ outcome: "stopped" });
  expect(await retirePats([rotation], { revoke: true, stacks: ["prod"] })).toBe(true);
  expect(notes).toEqual([
    expect.stringMatching(
      /^the old PAT is not revoked, because the environment variable OLD_PAT .*pulumi config rm ghcr-fleet:previousPatFrom --stack prod/,
    ),
  ]);
});

test("to revoke it, it must be read: the failure says how to go on without", async () => {
  await expect(withRotationPats(stackWith(gone), place, true)).rejects.toThrow(
    /^prod: .*OLD_PAT[^]*pulumi config rm ghcr-fleet:previousPatFrom --stack prod$/,
  );
});

test("a place that was overwritten with the new PAT has no old one", async () => {
  const overwritten = { ...gone, previousPat: { env: "NEW_PAT" } };
  const { rotation } = rotationOf(await withRotationPats(stackWith(overwritten), place, false));
  await expect(rotate(rotation, { kind: "resume" })).rejects.toThrow(
    "no rotation of prod has started: give it a new PAT with `ghcr-fleet rotate prod --from-env GHCR_FLEET_PAT_B`",
  );
});

test("a place that has the new PAT in its turn has no PAT to delete", async () => {
  const stack = { ...stackWith({}), pat: "present", previousPat: "new" };
  const { rotation, warnings } = rotationOf(stack);
  const effects = {
    ...rotationEffects(rotation),
    isAlive: async (pat: string | undefined) => pat !== undefined,
    problemOf: async () => undefined,
    assertReady: async () => {},
    assertUnshadowed: async () => {},
    confirm: async () => false,
  };
  const begin = (pat: string) => rotate(rotation, { kind: "begin", pat }, effects);
  expect(await begin("new")).toEqual({ outcome: "declined" });
  expect(warnings).toEqual([]);
  await begin("another");
  expect(warnings).toEqual([expect.stringContaining("makes the stack forget it")]);
});
