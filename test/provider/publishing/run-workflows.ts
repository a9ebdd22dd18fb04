import { expect } from "vitest";
import type { Properties } from "../../../provider/protocol/property-values.ts";
import type { startProvider } from "../start-provider.ts";

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

export const repaired = (text: string) =>
  text
    .replace("${{ secrets.GITHUB_TOKEN }}", pat)
    .replace("contents: read\n", "contents: read\n  packages: write\n");

export const args = {
  owner: "acme",
  repository: "api",
  branch: "main",
  mode: "auto",
  files: { [ci]: "name: ci\n" },
};

type Provider = Awaited<ReturnType<typeof startProvider>>;

export interface Kept {
  readonly inputs: Properties;
  readonly state: Properties;
  readonly id: string;
}

/** One run of the engine. */
export async function runUp(
  at: Provider,
  before?: Kept,
  more: Properties = {},
): Promise<Kept & { changes: object }> {
  const files = at.freshFiles();
  const wanted = { ...args, ...more };
  const { inputs, failures } = await files.check(before?.inputs ?? {}, wanted);
  expect(failures).toEqual([]);
  if (!before) {
    const { id, state } = await files.create(inputs, false);
    return { inputs, state, id, changes: {} };
  }
  const changes = await files.diff(before.inputs, inputs, before.state);
  if (Object.keys(changes).length === 0) return { ...before, inputs, changes };
  const state = await files.update(before.id, before.state, inputs, false);
  return { id: before.id, inputs, state, changes };
}

export async function runRefresh(at: Provider, { id, state, inputs }: Kept): Promise<Kept> {
  return (await at.freshFiles().read(id, state, inputs, at.context))!;
}
