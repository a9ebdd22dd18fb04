import { count, listed } from "../../format-text.ts";
import { canProve, type Rotation } from "./credential-step.ts";

/** From where a rotation goes on. */
export type RotationStart = "trial" | "spread" | "all" | "withdrawal" | "restart" | "revocation";

/** What a rotation will do from there, one sentence for each step; a person confirms them. */
export function rotationSteps(
  rotation: Rotation,
  start: RotationStart,
  revokes: boolean,
): readonly string[] {
  const { fleet, canary, waves } = rotation;
  const { name } = fleet.secret;
  const tried = listed(canary.map((each) => each.name));
  const verb = canary.length === 1 ? "publishes" : "publish";
  const publishing = canProve(rotation) ? `, and wait until ${tried} ${verb} with it` : "";
  const isShared = fleet.secret.scope === "organization";
  const size = `the fleet's ${count(fleet.repositories.length, "repository")}`;
  const place = {
    organization: "repository",
    repository: "repository",
    environment: "environment",
  };
  const trial = `write the new PAT into the ${place[fleet.secret.scope]} secret ${name} of ${tried}${publishing}`;
  const spread = isShared
    ? [
        `overwrite the organisation's secret ${name} with the new PAT, for ${size}`,
        `delete the repository secret ${name} of ${tried}${publishing}`,
      ]
    : waves.map(
        (wave) =>
          `wave ${wave.name}: write the new PAT into the secret ${name} of ${listed(wave.repositories)}`,
      );
  const end = revokes
    ? "revoke the old PAT, permanently, when every secret has the new one and no run has the old one"
    : `leave the old PAT valid, until \`ghcr-fleet rotate ${rotation.context.stack.name} --revoke-only\``;
  const { pat, nextPat } = rotation.pats;
  const holders =
    nextPat !== undefined && nextPat !== pat ? tried : "the repositories that have it";
  const giveBack = `give ${holders} the old PAT back, and forget the new one`;
  switch (start) {
    case "trial":
      return [trial, ...spread, end];
    case "spread":
      return [...spread, end];
    case "all":
      return [`write the new PAT for ${size} at once, without a trial${publishing}`, end];
    case "withdrawal":
      return [giveBack];
    case "restart":
      return [giveBack, trial, ...spread, end];
    case "revocation":
      return [end];
  }
}
