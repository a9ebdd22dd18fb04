import { sharingSecret, withPat, type FleetRepository } from "../../fleet/fleet.ts";
import { count, listed } from "../../format-text.ts";
import { describePatSource } from "../../pat/pat-source.ts";
import { provable, type Rotation } from "./credential-step.ts";

/** From where a rotation goes on. */
export type RotationStart = "trial" | "spread" | "all" | "withdrawal" | "restart" | "revocation";

/**
 * What a rotation will do from there, one sentence for each step; a person confirms them. What is a wave of its own has
 * the name with which the run reports it.
 */
export function rotationSteps(
  rotation: Rotation,
  start: RotationStart,
  revokes: boolean,
): readonly string[] {
  const { fleet, canary, waves } = rotation;
  const { name } = fleet.secret;
  const tried = namesOf(canary);
  const publishing = publish(rotation, canary);
  const rotating = withPat(fleet.repositories);
  const size = `the fleet's ${count(rotating.length, "repository")}`;
  const inEnvironment = canary.filter(({ credential }) => credential === "environment");
  const inRepository = canary.filter(({ credential }) => credential !== "environment");
  const trials = [
    ...(inRepository.length > 0 ? [`repository secret ${name} of ${namesOf(inRepository)}`] : []),
    ...(inEnvironment.length > 0
      ? [`environment secret ${name} of ${namesOf(inEnvironment)}`]
      : []),
  ];
  const untried = publishing === "" ? whyUntried(rotation) : "";
  const waiting = publishing === "" ? "" : `, and wait until ${publishing} with it`;
  const trial = `wave trial: write the new PAT into the ${trials.join(" and the ")}${waiting}${untried}`;
  const sharing = sharingSecret(rotating);
  const hidden = sharingSecret(canary);
  const isOwn = (each: string) => !sharing.some((shared) => shared.name === each);
  const sharers = sharing.length === rotating.length ? size : count(sharing.length, "repository");
  const spread = [
    ...(sharing.length > 0
      ? [
          `wave organization: overwrite the organisation's secret ${name} with the new PAT, for ${sharers}`,
        ]
      : []),
    ...waves.flatMap((wave) => {
      const own = wave.repositories.filter(isOwn);
      if (own.length === 0) return [];
      const next = own.filter((each) => canary.every((tries) => tries.name !== each));
      return next.length === 0
        ? [`wave ${wave.name}: ${listed(own)} ${own.length === 1 ? "keeps" : "keep"} the new PAT`]
        : [`wave ${wave.name}: write the new PAT into the secret ${name} of ${listed(next)}`];
    }),
    ...(hidden.length > 0
      ? [
          `wave end of trial: delete the repository secret ${name} of ${namesOf(hidden)}`,
          ...proof(rotation, hidden, "the organisation's secret"),
        ]
      : []),
  ];
  const end = revokes
    ? "revoke the old PAT, permanently, when every secret has the new one and no run has the old one"
    : `leave the old PAT valid, until \`ghcr-fleet rotate ${rotation.context.stack.name} --revoke-only\``;
  const { pat, nextPat } = rotation.pats;
  const holders =
    nextPat !== undefined && nextPat !== pat ? tried : "the repositories that have it";
  const giveBack = `wave withdrawal: give ${holders} the old PAT back, and forget the new one`;
  switch (start) {
    case "trial":
      return [trial, ...spread, end];
    case "spread":
      return [...spread, end];
    case "all":
      return [
        `wave all: write the new PAT for ${size} at once, without a trial`,
        ...proof(rotation, canary, "the new PAT"),
        end,
      ];
    case "withdrawal":
      return [giveBack];
    case "restart":
      return [giveBack, trial, ...spread, end];
    case "revocation": {
      const { previousPat: place } = rotation.context.stack.patSources;
      // After a rotation that was undone, it is the new one.
      const unused = `the PAT that the stack no longer uses${place ? ` (${describePatSource(place)})` : ""}`;
      return [`revoke ${unused}, permanently, when no secret and no run has it`];
    }
  }
}

function namesOf(repositories: readonly FleetRepository[]): string {
  return listed(repositories.map(({ name }) => name));
}

/** The wave after the new PAT is given: the repositories that can show it publish with the credential. */
function proof(
  rotation: Rotation,
  repositories: readonly FleetRepository[],
  credential: string,
): string[] {
  const publishing = publish(rotation, repositories);
  return publishing === "" ? [] : [`wave proof: wait until ${publishing} with ${credential}`];
}

/** "api, web publish", of those that can show it. */
function publish(rotation: Rotation, repositories: readonly FleetRepository[]): string {
  const proving = provable(
    rotation,
    repositories.map(({ name }) => name),
  );
  if (proving.length === 0) return "";
  return `${listed(proving)} ${proving.length === 1 ? "publishes" : "publish"}`;
}

/** Why no repository of the trial shows that the new PAT publishes. */
function whyUntried({ context: { gate } }: Rotation): string {
  return gate
    ? "; nothing tries it there, because only a run that deploys to the environment gets it: name a workflow that does in healthGate.dispatch"
    : "; nothing tries it there, because --no-health-gate waits for no run";
}
