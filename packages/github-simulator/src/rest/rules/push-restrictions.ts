import { z } from "zod";
import { ApiError } from "../../http/api-error.ts";
import { createRoutes, type ApiContext } from "../../http/env.ts";
import { readBody } from "../../http/read-body.ts";
import { restrictions } from "../../serializers/branch-protection.ts";
import type { Grantee } from "../../world/state/team.ts";
import { granteesOf, openProtection, protectionPath } from "./branch-protection.ts";

/**
 * The people and the teams that alone may push to a branch, each as a list of its own.
 * https://docs.github.com/en/rest/branches/branch-protection#list-teams-with-access-to-the-protected-branch
 */
export const pushRestrictionRoutes = createRoutes();

const names = z.array(z.string());
const lists = [
  { kind: "users", body: z.object({ users: names }), isOf: isLogin },
  { kind: "teams", body: z.object({ teams: names }), isOf: isTeam },
] as const;

for (const { kind, body, isOf } of lists) {
  const path = `${protectionPath}/restrictions/${kind}`;
  const open = (c: ApiContext, level: "read" | "write") => {
    const place = openProtection(c, level);
    const { pushers } = place.rule;
    if (pushers === null) throw new ApiError(404, "Push restrictions not enabled");
    return { place, pushers };
  };
  /** Answers the list after the change. */
  const change = async (
    c: ApiContext,
    changed: (before: Grantee[], named: Grantee[]) => Grantee[],
  ) => {
    const { place, pushers } = open(c, "write");
    const named = granteesOf(c, await readBody(c, body, "ProtectedBranch", kind));
    const rest = pushers.filter((item) => !isOf(item));
    place.rule.pushers = [...rest, ...new Set(changed(pushers.filter(isOf), named))];
    return c.json(restrictions(place)[kind]);
  };
  pushRestrictionRoutes
    .get(path, (c) => c.json(restrictions(open(c, "read").place)[kind]))
    .post(path, (c) => change(c, (before, named) => [...before, ...named]))
    .put(path, (c) => change(c, (_, named) => named))
    .delete(path, (c) =>
      change(c, (before, named) => before.filter((item) => !named.includes(item))),
    );
}

function isLogin(grantee: Grantee): boolean {
  return typeof grantee === "string";
}

function isTeam(grantee: Grantee): boolean {
  return typeof grantee === "number";
}
