import type { Artifact, Run } from "../records/run-record.ts";
import { zipArtifact } from "../records/zip-artifact.ts";
import {
  repositoryOf,
  runsOf,
  type ActionsContext,
  type ActionsRoutes,
  type ApiParts,
} from "./api-parts.ts";
import { paginate, refuse } from "./respond.ts";
import { renderArtifact } from "../records/serialize-run.ts";

/** https://docs.github.com/en/rest/actions/artifacts and …/rest/repos/attestations */
export function artifactRoutes(routes: ActionsRoutes, parts: ApiParts): void {
  const { host, downloads } = parts;
  const all = (c: ActionsContext): { run: Run; artifact: Artifact }[] =>
    runsOf(parts, c).flatMap((run) => run.artifacts.map((artifact) => ({ run, artifact })));
  const list = (c: ActionsContext, found: ReturnType<typeof all>): Response => {
    const name = c.req.query("name");
    const named = found.filter(({ artifact }) => name === undefined || artifact.name === name);
    return c.json({
      total_count: named.length,
      artifacts: paginate(c, named).map(({ run, artifact }) => renderArtifact(host, run, artifact)),
    });
  };
  const withArtifact =
    (answer: (c: ActionsContext, run: Run, artifact: Artifact) => Response) =>
    (c: ActionsContext): Response => {
      const id = c.req.param("artifact");
      const found = all(c).find(({ artifact }) => String(artifact.id) === id);
      return found === undefined
        ? refuse(c, 404, "Not Found")
        : answer(c, found.run, found.artifact);
    };
  routes.get("/actions/artifacts", (c) => list(c, all(c)));
  routes.get("/actions/runs/:run/artifacts", (c) => {
    const id = c.req.param("run");
    const isThere = runsOf(parts, c).some((run) => String(run.id) === id);
    if (!isThere) return refuse(c, 404, "Not Found");
    return list(
      c,
      all(c).filter(({ run }) => String(run.id) === id),
    );
  });
  routes.get(
    "/actions/artifacts/:artifact",
    withArtifact((c, run, artifact) => c.json(renderArtifact(host, run, artifact))),
  );
  routes.get(
    "/actions/artifacts/:artifact/zip",
    withArtifact((c, _run, artifact) =>
      artifact.expiresAt <= host.now()
        ? refuse(c, 410, "Artifact has expired")
        : c.redirect(downloads.offer("application/zip", zipArtifact(artifact)), 302),
    ),
  );
  routes.delete(
    "/actions/artifacts/:artifact",
    withArtifact((c, run, artifact) => {
      run.artifacts.splice(run.artifacts.indexOf(artifact), 1);
      return c.body(null, 204);
    }),
  );
  routes.get("/attestations/:digest", (c) => {
    const { owner, repo } = repositoryOf(c);
    const found = runsOf(parts, c).flatMap((run) =>
      run.attestations.filter((each) => each.subjectDigest === c.req.param("digest")),
    );
    return c.json({
      attestations: paginate(c, found).map(({ bundle }) => ({
        bundle,
        repository_id: host.repository(owner, repo)?.id,
      })),
    });
  });
}
