import type { Properties } from "../../../provider/protocol/property-values.ts";
import { refreshResource, runResource, type Kept } from "../run-resource.ts";
import type { Provider } from "../start-provider.ts";

export const folder = ".github/workflows";
export const docker = `${folder}/docker.yml`;
export const ci = `${folder}/ci.yml`;
export const pat = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";

/** A team's workflow: tests, lint, and an image. */
export function workflow(password = "${{ secrets.GITHUB_TOKEN }}", test = "make test"): string {
  return `name: docker # ours
on:
  push:
    branches: [main]
permissions:
  contents: read
jobs:
  test:
    runs-on: ubuntu-latest
    steps:
      - run: ${test}
  image:
    needs: test
    runs-on: ubuntu-latest
    steps:
      - uses: docker/login-action@v3
        with:
          registry: ghcr.io
          username: \${{ github.actor }}
          password: ${password}
      - uses: docker/build-push-action@v6
        with: { push: true, tags: "ghcr.io/acme/api:latest" }
`;
}

/** What a job that pushes needs, where the workflow gives another to all. */
export const permissions = "    permissions:\n      contents: read\n      packages: write";

export const repaired = (text: string) =>
  text
    .replace("${{ secrets.GITHUB_TOKEN }}", pat)
    .replace("    steps:\n      - uses", `${permissions}\n    steps:\n      - uses`);

export const args = {
  owner: "acme",
  repository: "api",
  branch: "main",
  mode: "auto",
  files: { [ci]: "name: ci\n" },
};

/** One run of the engine. */
export const runUp = (at: Provider, before?: Kept, more: Properties = {}) =>
  runResource(at.freshFiles(), at.context, before, { ...args, ...more });

export const runRefresh = (at: Provider, kept: Kept) =>
  refreshResource(at.freshFiles(), at.context, kept);
