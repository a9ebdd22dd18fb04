import { ApiError } from "../../http/api-error.ts";
import type { Run } from "../records/run-record.ts";
import { renderArtifact, zipArtifact } from "../records/serialize-run.ts";
import {
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
  found,
  paginate,
  repositoryOf,
  runOf,
  runsOf,
} from "./api-parts.ts";

/** https://docs.github.com/en/rest/actions/artifacts and …/rest/repos/attestations */
export function artifactRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, downloads } = parts;
  const allOf = (runs: readonly Run[]) =>
    runs.flatMap((run) => run.artifacts.map((artifact) => ({ run, artifact })));
  const list = (c: ActionsContext, runs: readonly Run[]): Response => {
    const name = c.req.query("name");
    const named = allOf(runs).filter(({ artifact }) => (name ?? artifact.name) === artifact.name);
    return c.json({
      total_count: named.length,
      artifacts: paginate(c, named).map(({ run, artifact }) => renderArtifact(host, run, artifact)),
    });
  };
  const artifactOf = (c: ActionsContext) =>
    found(
      allOf(runsOf(parts, c)).find(
        ({ artifact }) => String(artifact.id) === c.req.param("artifact"),
      ),
    );
  routes.get("/actions/artifacts", (c) => list(c, runsOf(parts, c)));
  routes.get("/actions/runs/:run/artifacts", (c) => list(c, [runOf(parts, c)]));
  routes.get("/actions/artifacts/:artifact", (c) => {
    const { run, artifact } = artifactOf(c);
    return c.json(renderArtifact(host, run, artifact));
  });
  routes.get("/actions/artifacts/:artifact/zip", (c) => {
    host.authorize(c, "download");
    const { artifact } = artifactOf(c);
    if (artifact.expiresAt <= host.now()) throw new ApiError(410, "Artifact has expired");
    return c.redirect(downloads.offer("application/zip", zipArtifact(artifact)), 302);
  });
  routes.delete("/actions/artifacts/:artifact", (c) => {
    const { run, artifact } = artifactOf(c);
    run.artifacts.splice(run.artifacts.indexOf(artifact), 1);
    return c.body(null, 204);
  });
  routes.get("/attestations/:digest", (c) => {
    const { owner, repo } = repositoryOf(c);
    const all = runsOf(parts, c).flatMap(({ attestations }) => attestations);
    const own = all.filter(({ subjectDigest }) => subjectDigest === c.req.param("digest"));
    const id = host.repository(owner, repo)?.id;
    const attestations = paginate(c, own).map(({ bundle }) => ({ bundle, repository_id: id }));
    return c.json({ attestations });
  });
}
