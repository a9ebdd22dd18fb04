import { expect, test } from "vitest";
import { renderWorkflows } from "../../../src/publishing/templates/render.ts";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";
import { workflowOptions } from "../templates/options.ts";
import { login, repaired, workflow } from "../workflow-text.ts";

test.each([
  "- run: docker pull ghcr.io/acme/api",
  "- run: docker compose up -d && make test",
  "- run: helm install api oci://ghcr.io/acme/api",
  "- { uses: docker/build-push-action@v6, with: { push: false, tags: ghcr.io/acme/api } }",
  "- { uses: docker/build-push-action@v6, with: { push: true, tags: acme/api } }",
  "- run: docker push quay.io/acme/api",
  "- run: skopeo copy --src-creds u:${{ github.token }} --dest-creds u:${{ secrets.QUAY }} docker://ghcr.io/a/b docker://quay.io/a/b",
  "- run: docker run --rm quay.io/skopeo/stable:latest copy --dest-creds u:${{ secrets.HUB }} docker://ghcr.io/a/b docker://docker.io/a/b",
  "- run: docker run --entrypoint skopeo acme/tools sync --dry-run --src docker --dest dir ghcr.io/a/b /copies",
  "- run: docker run gcr.io/kaniko-project/executor --no-push --destination=ghcr.io/acme/api",
  "- run: docker run -d --rm gcr.io/kaniko-project/executor --destination=quay.io/acme/api",
  "- run: dotnet publish -t:PublishContainer",
  "- run: docker-compose run --publish 8080:80 web",
  "- run: npx electron-builder --publish always",
  "- run: electron-builder --publish never",
  "- { uses: devcontainers/ci@v0.3, with: { runCmd: make test } }",
  "- { uses: elgohr/Publish-Docker-Github-Action@v5, with: { name: acme/api } }",
  "- { uses: mr-smithers-excellent/docker-build-push@v6, with: { registry: ghcr.io, push: false } }",
  "- { uses: redhat-actions/push-to-registry@v2, with: { registry: quay.io, image: acme/api } }",
])("a login before `%s` only pulls, and is not changed", (push) => {
  const before = workflow({ push, top: ["permissions: { packages: read }"] });
  expect(repaired(before)).toMatchObject({ text: before, edits: [], unresolved: [] });
});

test.each([
  ["of Docker Hub", login.filter((line) => !line.includes("registry")), "docker push acme/api"],
  [
    "of another registry",
    login.map((line) => line.replace("ghcr.io", "ghcr.io.example.com")),
    "docker push ghcr.io.example.com/acme/api",
  ],
  ["of the action under test", login.map((line) => line.replace(/docker\/.*/, "./")), "make push"],
])("a login %s is not changed", (_name, steps, push) => {
  const before = workflow({ steps, push: `- run: ${push}` });
  expect(repaired(before)).toMatchObject({ text: before, edits: [], unresolved: [] });
});

test("a login of one value of the matrix to another registry is not changed", () => {
  const steps = [
    ...login.map((line) => line.replace("ghcr.io", "${{ matrix.registry }}")),
    "  if: matrix.registry != 'ghcr.io'",
  ];
  const job = ["strategy: { matrix: { registry: [ghcr.io, quay.io] } }"];
  const before = workflow({ steps, job, push: "- run: make push" });
  expect(repaired(before)).toMatchObject({ text: before, edits: [], unresolved: [] });
});

test("a second login, after a failure of the first one, is not changed", () => {
  const first = login.map((line) =>
    line.replace("secrets.GITHUB_TOKEN", "secrets.GHCR_PAT || secrets.GITHUB_TOKEN"),
  );
  const steps = [
    ...first,
    "  id: ghcr",
    "  continue-on-error: true",
    ...login,
    "  if: steps.ghcr.outcome == 'failure'",
  ];
  const before = workflow({ steps });
  expect(repaired(before, { deadPatFallback: true })).toMatchObject({
    text: before,
    edits: [],
    unresolved: [],
  });
});

test("the fleet's own workflows need no repair", () => {
  const files = renderWorkflows(workflowOptions());
  for (const { path, text, unresolved } of repairWorkflows(files)) {
    expect(text, path).toBe(files[path]);
    expect(unresolved, path).toEqual([]);
  }
});
