import { expect, test } from "vitest";
import { pastedPasswords, withoutPasswords } from "../../src/publishing/pasted-secrets.ts";
import { repairWorkflows } from "../../src/publishing/repair-workflows.ts";

const mask = (script: string) => withoutPasswords(script, pastedPasswords(script));

test.each([
  ["docker login -u me -p hunter2-x docker.io", "docker login -u me -p [secret] docker.io"],
  ["docker login -u me -p hunter2-x >/dev/null", "docker login -u me -p [secret] >/dev/null"],
  [`podman login --password="a b" quay.io`, "podman login --password=[secret] quay.io"],
  [
    "echo 'hunter2$x' | docker login quay.io -u me --password-stdin",
    "echo [secret] | docker login quay.io -u me --password-stdin",
  ],
  ["skopeo copy --dest-creds me:hunter2 a b", "skopeo copy --dest-creds me:[secret] a b"],
  ["x=$(docker login -p hunter2 quay.io)", "x=$(docker login -p [secret] quay.io)"],
  [
    "echo it's; docker login\ndocker login -p hunter2 quay.io",
    "echo it's; docker login\ndocker login -p [secret] quay.io",
  ],
])("%s", (script, shown) => {
  expect(mask(script)).toBe(shown);
});

test.each([
  "docker login ghcr.io -u me -p ${{ github.token }}",
  `docker login ghcr.io -u me -p "$TOKEN"`,
  "docker login ghcr.io -u me -p %TOKEN%",
  "echo $TOKEN | docker login --password-stdin ghcr.io -u me",
  "oras push --password-stdin ghcr.io/acme/api:1",
])("nothing is masked in %s", (script) => {
  expect(mask(script)).toBe(script);
});

test("an edit does not contain a pasted password next to it; the file keeps it", () => {
  const password = ["hunter2", "x"].join("-");
  const text = `on: push
permissions: { contents: read, packages: write }
jobs:
  image:
    runs-on: ubuntu-latest
    steps:
      - run: docker login -u me -p ${password} docker.io && docker login ghcr.io -u me -p \${{ github.token }}
      - run: docker push ghcr.io/acme/api
`;
  const [file] = repairWorkflows({ ".github/workflows/docker.yml": text });
  const shown = (token: string) =>
    `      - run: docker login -u me -p [secret] docker.io && docker login ghcr.io -u me -p \${{ ${token} }}`;
  expect(file?.edits).toEqual([
    {
      line: 7,
      kind: "credential",
      before: shown("github.token"),
      after: shown("secrets.GHCR_PAT || secrets.GITHUB_TOKEN"),
    },
  ]);
  expect(file?.text).toContain(`-p ${password} docker.io`);
});
