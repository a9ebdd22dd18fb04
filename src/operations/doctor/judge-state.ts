import { coerce, gt } from "semver";
import { z } from "zod";
import { count } from "../../format-text.ts";
import { ok, problem, warning, type Finding } from "./finding.ts";

const schema = z.object({
  version: z.number(),
  deployment: z.object({
    manifest: z.object({ version: z.string().optional() }).optional(),
    resources: z.array(z.unknown()).nullish(),
  }),
});

/** The newest form of states that our reader knows; 4 is 3 with features that it does not use. */
const newestState = 4;

/**
 * Whether this version can read a stack's state.
 *
 * @param exported what `pulumi stack export` printed
 * @param engine version of the engine
 */
export function judgeState(exported: unknown, engine: string): Finding {
  const { data: state } = schema.safeParse(exported);
  const next =
    "use the versions of ghcr-fleet and pulumi that updated the stack last, or newer ones";
  if (!state) return problem("state", "it has a form that this version does not know", next);
  const { version, deployment } = state;
  if (version > newestState) {
    const text = `its form is version ${version}; this version of ghcr-fleet knows ${newestState} and older`;
    return problem("state", text, next);
  }
  const resources = deployment.resources?.length ?? 0;
  if (resources === 0) return ok("state", "empty: the stack has not been updated yet");
  const written = coerce(deployment.manifest?.version ?? "");
  if (written && gt(written, engine)) {
    const text = `engine ${written.version} wrote it, and this one is ${engine}`;
    return warning("state", text, `install pulumi ${written.version} or newer`);
  }
  return ok(
    "state",
    `${count(resources, "resource")}, written by engine ${written?.version ?? "unknown"}`,
  );
}
