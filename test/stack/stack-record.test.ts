import { expect, test } from "vitest";
import { stackRecord } from "../../src/stack/stack-record.ts";
import { UserError } from "../../src/user-error.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::ghcr-fleet::${type}::${name}`;
const resource = (type: string, name: string, outputs?: object) => ({
  urn: urn(type, name),
  type,
  outputs,
});
const files = { owner: "acme", repository: "api", branch: "main", files: { "ci.yml": "on: push" } };

test("what is absent in a state is absent in the record, whether null or left out", () => {
  const { files: records, token } = stackRecord({
    resources: [
      resource("ghcr:index:WorkflowFiles", "api", { ...files, pullRequestUrl: null }),
      resource("ghcr:index:WorkflowFiles", "web", { ...files, repository: "web", later: 1 }),
      // Before it was kept when the stack first had the token.
      resource("ghcr:index:RegistryToken", "publisher", {
        hash: "h=",
        owner: "pat",
        kind: "classic",
      }),
    ],
  });
  expect(records.map(({ repository, pullRequestUrl }) => [repository, pullRequestUrl])).toEqual([
    ["api", undefined],
    ["web", undefined],
  ]);
  expect(token).toEqual({
    hash: "h=",
    owner: "pat",
    since: undefined,
    urn: urn("ghcr:index:RegistryToken", "publisher"),
  });
});

test("each package of a repository has a record; none where no name is known", () => {
  const props = { owner: "acme", existed: true, linkedTo: null };
  const other = { image: "worker", push: "allowed", existed: false, linkedTo: "acme/api" };
  const { packages } = stackRecord({
    resources: [
      resource("ghcr:index:PackageAccess", "old", { ...props, repository: "old", image: "old" }),
      resource("ghcr:index:PackageAccess", "api", {
        ...props,
        repository: "api",
        image: "api",
        images: ["web", "worker"],
        others: [other],
      }),
      resource("ghcr:index:PackageAccess", "lib", {
        ...props,
        repository: "lib",
        image: "lib",
        images: [],
      }),
    ],
  });
  expect(
    packages.map((each) => [each.repository, each.image, each.existed, each.linkedTo]),
  ).toEqual([
    ["old", "old", true, undefined],
    ["api", "web", true, undefined],
    ["api", "worker", false, "acme/api"],
  ]);
});

test("a stack that was never applied has no records", () => {
  expect(stackRecord({ manifest: {} }).files).toEqual([]);
});

test("every resource that cannot be read is reported with its property", () => {
  const broken = {
    resources: [
      resource("ghcr:index:WorkflowFiles", "api", { ...files, files: "on: push" }),
      resource("ghcr:index:RegistrySecret", "web/GHCR_PAT", {
        scope: "repository",
        owner: "acme",
        name: "GHCR_PAT",
      }),
      resource("ghcr:index:PackageAccess", "api"),
    ],
  };
  const read = () => stackRecord(broken);
  expect(read).toThrow(UserError);
  expect(read).toThrowErrorMatchingInlineSnapshot(`
    [UserError: the stack's state cannot be read by this version of ghcr-fleet:
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RegistrySecret::web/GHCR_PAT: repository: is missing, and the scope is repository
      urn:pulumi:dev::ghcr-fleet::ghcr:index:WorkflowFiles::api: files: Invalid input: expected record, received string
      urn:pulumi:dev::ghcr-fleet::ghcr:index:PackageAccess::api: owner: Invalid input: expected string, received undefined
      urn:pulumi:dev::ghcr-fleet::ghcr:index:PackageAccess::api: repository: Invalid input: expected string, received undefined
      urn:pulumi:dev::ghcr-fleet::ghcr:index:PackageAccess::api: image: Invalid input: expected string, received undefined
    If a newer version wrote it, use that version. If it was edited or damaged, restore the last valid one: pulumi stack import --file <backup>]
  `);
});

test("a deployment of another form is reported", () => {
  expect(() => stackRecord({ resources: "none" })).toThrow(/the deployment: resources: /);
});
