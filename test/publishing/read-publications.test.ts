import { expect, test } from "vitest";
import { readPublications } from "../../src/publishing/read-publications.ts";

const workflow = `on:
  push: { branches: [main] }
  release: { types: [published] }
env: { REGISTRY: ghcr.io }
permissions:
  contents: read
  packages: write
jobs:
  test:
    runs-on: ubuntu-24.04
    steps: [{ run: make test }]
  image:
    runs-on: ubuntu-24.04
    steps:
      - uses: docker/login-action@v3
        with:
          registry: \${{ env.REGISTRY }}
          username: me
          password: \${{ secrets.GITHUB_TOKEN }}
      - uses: docker/build-push-action@v6
        with: { push: true, tags: "ghcr.io/acme/web:latest" }
`;

test("a job that pushes is a publication, with its images, its login and its permissions", () => {
  const path = ".github/workflows/docker.yml";
  const publications = readPublications({ [path]: workflow });
  expect(publications).toMatchObject([
    {
      path,
      job: "image",
      line: 12,
      events: ["push", "release"],
      registry: "ghcr.io",
      images: [{ name: "ghcr.io/acme/web" }],
      builders: ["docker/build-push-action"],
      logins: [
        {
          line: 15,
          tool: "docker/login-action",
          registry: "sure",
          credential: { line: 19, kind: "replaceable" },
        },
      ],
      permissions: { of: "workflow", line: 6, packages: "write" },
      sure: true,
    },
  ]);
});

test("a file that cannot be read, and one that only tests, have none", () => {
  expect(
    readPublications({
      ".github/workflows/broken.yml": "on: [",
      ".github/workflows/test.yml":
        "on: push\njobs: { a: { runs-on: x, steps: [{ run: make }] } }\n",
    }),
  ).toEqual([]);
});
