import { expect, test } from "vitest";
import { gitBlobId } from "../../src/github/contents/git-blob-id.ts";
import { formerState } from "../../src/stack/engine-change.ts";
import { stackRecord } from "../../src/stack/stack-record.ts";
import { UserError } from "../../src/user-error.ts";

const urn = (type: string, name: string) => `urn:pulumi:dev::ghcr-fleet::${type}::${name}`;
const resource = (type: string, name: string, outputs?: object) => ({
  urn: urn(type, name),
  type,
  outputs,
});
const publishing = "ghcr:index:RepositoryPublishing";
const files = {
  owner: "acme",
  repository: "api",
  branch: "main",
  files: { "ci.yml": gitBlobId("on: push\n") },
};

test("what is absent in a state is absent in the record, whether null or left out", () => {
  const { files: records, token } = stackRecord({
    resources: [
      resource(publishing, "api", { ...files, pullRequestUrl: null }),
      resource(publishing, "web", { ...files, repository: "web", later: 1 }),
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

test("the stack's token is not that of a trial, in whatever order the engine keeps them", () => {
  const token = (name: string) => ({
    ...resource("ghcr:index:RegistryToken", name, { hash: `${name}=`, owner: "pat" }),
    urn: urn("ghcr-fleet:index:RegistryAccess$ghcr:index:RegistryToken", name),
  });
  const resources = [token("next-publisher"), token("publisher")];
  expect(stackRecord({ resources })).toMatchObject({
    token: { hash: "publisher=" },
    isTrial: true,
  });
  expect(stackRecord({ resources: [token("publisher")] })).toMatchObject({ isTrial: false });
});

test("what outputs do not repeat is read from the inputs, and they have the last word", () => {
  const { files: records, packages } = stackRecord({
    resources: [
      {
        ...resource(publishing, "api", {
          packages: [{ image: "api", push: "allowed", exists: true, visibility: "public" }],
        }),
        inputs: {
          ...files,
          visibility: "private",
          secret: "GHCR_PAT",
          packages: [{ image: "api", push: "allowed" }],
        },
      },
    ],
  });
  expect(records).toMatchObject([
    { repository: "api", mode: "template", files: files.files, repair: { secret: "GHCR_PAT" } },
  ]);
  expect(packages).toMatchObject([
    { repository: "api", image: "api", visibility: "private", actualVisibility: "public" },
  ]);
});

test("each package of a repository has a record; none where no name is known", () => {
  const of = (repository: string, packages: object[]) =>
    resource(publishing, repository, { ...files, repository, packages });
  const known = { push: "allowed", existed: true };
  const { packages } = stackRecord({
    resources: [
      of("old", [{ image: "old", ...known }]),
      of("api", [
        { image: "web", ...known },
        { image: "worker", push: "allowed", linkedTo: "acme/api" },
      ]),
      of("lib", []),
    ],
  });
  expect(
    packages.map((each) => [each.repository, each.image, each.existed, each.linkedTo]),
  ).toEqual([
    ["old", "old", true, undefined],
    ["api", "web", true, undefined],
    ["api", "worker", false, "acme/api"],
  ]);
  expect(new Set(packages.map((each) => each.urn)).size).toBe(2);
});

test("a state of an earlier version says to update once", () => {
  const component = "ghcr-fleet:index:FleetRepository";
  const former = (type: string) => ({
    urn: urn(`${component}$${type}`, "api"),
    type,
    outputs: { ...files, image: "api" },
  });
  const resources = [
    [resource(component, "api")],
    [former("ghcr:index:WorkflowFiles")],
    [former("ghcr:index:PackageAccess"), resource(publishing, "web", files)],
  ];
  for (const each of resources) {
    const read = () => stackRecord({ resources: each });
    expect(read).toThrow(UserError);
    expect(read).toThrow(formerState);
  }
});

test("a stack that was never applied has no records", () => {
  expect(stackRecord({ manifest: {} }).files).toEqual([]);
});

test("every resource that cannot be read is reported with its property", () => {
  const broken = {
    resources: [
      resource(publishing, "api", { ...files, files: "on: push" }),
      resource("ghcr:index:RegistrySecret", "web/GHCR_PAT", {
        scope: "repository",
        owner: "acme",
        name: "GHCR_PAT",
      }),
      resource(publishing, "web"),
    ],
  };
  const read = () => stackRecord(broken);
  expect(read).toThrow(UserError);
  expect(read).toThrowErrorMatchingInlineSnapshot(`
    [UserError: the stack's state cannot be read by this version of ghcr-fleet:
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RegistrySecret::web/GHCR_PAT: repository: is missing, and the scope is repository
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RepositoryPublishing::api: files: Invalid input: expected record, received string
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RepositoryPublishing::web: owner: Invalid input: expected string, received undefined
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RepositoryPublishing::web: repository: Invalid input: expected string, received undefined
      urn:pulumi:dev::ghcr-fleet::ghcr:index:RepositoryPublishing::web: branch: Invalid input: expected string, received undefined
    If a newer version wrote it, use that version. If it was edited or damaged, restore the last valid one: pulumi stack import --file <backup>]
  `);
});

test("a deployment of another form is reported", () => {
  expect(() => stackRecord({ resources: "none" })).toThrow(/the deployment: resources: /);
});
