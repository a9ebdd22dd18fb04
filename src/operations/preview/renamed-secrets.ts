import type { EventLog, Properties, ResourceStep } from "./event-log.ts";
import type { Delivery } from "./stack-preview.ts";
import { ghcrType } from "../../stack/resource-types.ts";

/**
 * Repositories whose branch still names the former secret, or its former environment, when the update deletes it: their
 * files come by a pull request. No request is made.
 *
 * @param deliveries by repository, of those whose files change
 */
export function warnOfRenames(
  { planned }: Pick<EventLog, "planned">,
  deliveries: ReadonlyMap<string, Delivery>,
): string[] {
  const secrets = [...planned.values()].filter(({ type }) => type === ghcrType.secret);
  const later = [...deliveries].flatMap(([name, { by }]) =>
    name !== "" && (by === "pull-request" || by === "unknown") ? [name] : [],
  );
  return secrets.flatMap((step) => {
    const former = formerOf(step, secrets);
    return later
      .filter((repository) => former?.isOf(repository))
      .map(
        (repository) =>
          `${repository}: this update deletes ${former?.what}, which the branch uses until the pull request is merged: until then its runs publish without the PAT; to avoid that, ${former?.step}`,
      );
  });
}

/** What the step deletes because it has another name or another environment now. */
function formerOf({ operation, before, after }: ResourceStep, secrets: readonly ResourceStep[]) {
  const old = before?.inputs ?? {};
  const { scope, name, environment } = old;
  const isOf = (repository: string) =>
    scope === "organization"
      ? Object.keys(old["repositories"] ?? {}).includes(repository)
      : old["repository"] === repository;
  if (operation === "delete") {
    const isSamePlace = (inputs: Properties = {}) =>
      inputs["scope"] === scope && inputs["repository"] === old["repository"];
    const isRenamed = secrets.some(
      (each) => each.operation === "create" && isSamePlace(each.after?.inputs),
    );
    return isRenamed
      ? { what: `the secret ${String(name)}`, step: keepName(old), isOf }
      : undefined;
  }
  const next = after?.inputs ?? {};
  return scope === "environment" && next["scope"] === scope && next["environment"] !== environment
    ? {
        what: `the secret ${String(name)} of the environment ${String(environment)}`,
        step: "set secret.scope to repository first, and to the new environment after the merge",
        isOf,
      }
    : undefined;
}

/** The update deletes one of the repository itself, and no other that this repository can have. */
function keepName({ scope, name }: Properties): string {
  const secret = String(name);
  const when = scope === "repository" ? "right after" : "before";
  return `store the PAT in the repository ${when} this update (gh secret set ${secret}), and delete it there after the merge (gh secret delete ${secret})`;
}
