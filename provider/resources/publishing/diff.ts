import { diffProperties } from "../../protocol/property-diff.ts";
import { pick, unknownValue, type Properties } from "../../protocol/property-values.ts";
import type { Changes } from "../../protocol/resource-type.ts";
import { allowed } from "../packages/judge-packages.ts";
import type { Known } from "./check.ts";
import type { BranchAccess } from "./inputs.ts";

export const place = ["owner", "repository"];

const compared = [
  ...place,
  "branch",
  "mode",
  "files",
  "lockfile",
  "waitsFor",
  "delivery",
  "onRemove",
  "publishing",
  "image",
  "images",
  "addImages",
  "visibility",
  "bootstrap",
  "jobToken",
  "unnamed",
  "foreign",
  "undeployed",
];

/** With templates, they only record how the branch was read. */
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
  const { pending, pullRequestUrl, declined } = state as Known;
  const isOffered = pullRequestUrl != null || declined != null;
  const waits = isOffered && isSameList(edits, pending) && isSameList(edits, before.edits);
  if (!waits) for (const index of edits.keys()) changes[`edits[${index}]`] = "add";
  if (!isSameList(unresolved, before.unresolved)) changes["unresolved"] = "update";
  return changes;
}

/**
 * What an update would do because of the pull request that the state knows: record that it was merged or
 * declined, close it where nothing is left to change, or update it.
 */
export async function diffPullRequest(
  { pullRequests, offerAgain }: BranchAccess,
  news: Properties,
  state: Properties,
): Promise<Changes> {
  const { pullRequestUrl, declined, pending, blobs, ...known } = state as Known;
  const url = pullRequestUrl ?? declined?.url;
  if (url == null) return {};
  const { repository = "" } = news as Known;
  if (declined && offerAgain.has(repository.toLowerCase())) return { declined: "delete" };
  const found = await pullRequests.get({ repository, url });
  const isRepaired = news["mode"] === "repair" && (news as Known).edits?.length === 0;
  if (declined) return isRepaired || found?.state === "OPEN" ? { declined: "delete" } : {};
  const hasNothingLeft = isRepaired || (pending == null && blobs == null);
  if (hasNothingLeft || found?.state === "MERGED") return { pullRequestUrl: "delete" };
  if (found?.state === "CLOSED") return { declined: "add" };
  const details = diffProperties(pick(known, ["pullRequests"]), pick(news, ["pullRequests"]));
  return found?.conflicts ? { pullRequestUrl: "update", ...details } : details;
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
