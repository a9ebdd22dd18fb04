import { expect, test } from "vitest";
import {
  patPlaceOf,
  patPlaceSchema,
  rotateCommand,
  rotateWords,
} from "../../src/pat/rotate-command.ts";
import type { PatSource } from "../../src/pat/pat-source.ts";

test.each<[source: PatSource | undefined, command: string]>([
  [{ env: "GHCR_FLEET_PAT" }, "ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT_B"],
  // As the first rotation leaves it.
  [{ env: "GHCR_FLEET_PAT_B" }, "ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT"],
  [{ env: "PUBLISHER" }, "ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT_B"],
  [{ command: "op read op://ci/ghcr/pat" }, "ghcr-fleet rotate acme --from-command '…'"],
  [{ file: "/run/secrets/ghcr-pat" }, "ghcr-fleet rotate acme --from-file …"],
  [undefined, "ghcr-fleet rotate acme"],
])("a stack that reads its PAT from %j gets another one from another place", (source, command) => {
  const place = patPlaceOf(source);
  expect(patPlaceSchema.parse(place)).toEqual(place);
  expect(rotateCommand("acme", place)).toBe(command);
});

test("a variable that the command reads is filled first", () => {
  expect(rotateWords("acme", { env: "GHCR_FLEET_PAT_B" })).toBe(
    "put it into the variable GHCR_FLEET_PAT and run `ghcr-fleet rotate acme --from-env GHCR_FLEET_PAT`",
  );
  expect(rotateWords("acme", "configuration")).toBe("run `ghcr-fleet rotate acme`");
});

test("where it is not known, another variable has to be named", () => {
  expect(rotateCommand("acme", undefined)).toBe(
    "ghcr-fleet rotate acme --from-env <another variable>",
  );
});
