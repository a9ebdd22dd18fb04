import { diffProperties } from "../../protocol/property-diff.ts";
import { pick, unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { Changes } from "../../protocol/resource-type.ts";
import { allowed } from "../packages/judge-packages.ts";
import type { Known } from "./check.ts";

export const place = ["owner", "repository"];

const compared = [
  ...place,
  "branch",
  "mode",
  "files",
  "lockfile",
  "delivery",
  "onRemove",
  "publishing",
  "image",
  "images",
  "addImages",
  "visibility",
  "bootstrap",
  "unnamed",
  "foreign",
];

/** With templates, they only say for what the branch was read. */
const ofRepairs = ["secret", "replaceSecrets", "deadPatFallback"];

/**
 * What an update would do. Inputs also contain the result of reading the branch; only needed edits and
 * new tasks for a person count as changes.
 */
export function diffPublishing(olds: Properties, news: Properties, state: Properties): Changes {
  const relevant = ({ packages, ...inputs }: Properties): Properties => ({
    mode: "template",
    ...pick(inputs, compared),
    ...(inputs["mode"] === "repair" && pick(inputs, ofRepairs)),
    ...(Array.isArray(packages) && {
      packages: (packages as Properties[]).map(({ image = "", push = allowed }) => ({
        image,
        push,
      })),
    }),
  });
  const known = relevant(olds);
  const changes = { ...diffProperties(known, answered(known, relevant(news)), place) };
  const { edits = [], unresolved = [] } = news as Known;
  const before = olds as Known;
  const { pending, pullRequestUrl } = state as Known;
  const waits =
    pullRequestUrl !== undefined && isSameList(edits, pending) && isSameList(edits, before.edits);
  if (!waits) for (const index of edits.keys()) changes[`edits[${index}]`] = "add";
  if (!isSameList(unresolved, before.unresolved)) changes["unresolved"] = "update";
  return changes;
}

/** In a preview without the PAT, the registry's answers are those of the last update. */
function answered(olds: Properties, news: Properties): Properties {
  if (!Array.isArray(news["packages"])) return news;
  const known = (olds["packages"] ?? []) as readonly Properties[];
  const packages = (news["packages"] as readonly Properties[]).map((each) =>
    each["push"] === unknownValue
      ? { push: allowed, ...known.find(({ image }) => image === each["image"]) }
      : each,
  );
  return { ...news, packages };
}

/** Line numbers change when somebody edits something above. */
function isSameList(one: readonly object[], other: readonly object[] = []): boolean {
  const withoutLines = (list: readonly object[]) =>
    JSON.stringify(list, (key, value: unknown) => (key === "line" ? undefined : value));
  return withoutLines(one) === withoutLines(other);
}
