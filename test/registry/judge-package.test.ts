import { expect, test } from "vitest";
import { githubCom } from "../../src/github-host.ts";
import {
  judgePackage,
  type PackageFacts,
  type DeclaredPackage,
} from "../../src/registry/judge-package.ts";

const ofOrganisation: DeclaredPackage = {
  host: githubCom,
  registry: "ghcr.io",
  owner: "Acme",
  ownerKind: "Organization",
  image: "team/api",
  repository: "api",
  publisher: "pat",
  jobToken: false,
  isLinked: true,
  visibility: "public",
};
const ofUser: DeclaredPackage = { ...ofOrganisation, owner: "Ada", ownerKind: "User" };

const linkedTo = (repository: string | undefined): PackageFacts => ({
  visibility: "public",
  repository,
});

/** The texts and pages of what is not as declared. */
function judge(
  declared: DeclaredPackage,
  facts: PackageFacts | undefined,
  push?: string,
  existed = false,
): (string | undefined)[] {
  const found = judgePackage(declared, facts, existed, push);
  return found
    .filter(({ state }) => state !== "ok" && state !== "pending")
    .flatMap(({ text, url }) => [text, url]);
}

test("findings name the pages of the kind of owner", () => {
  const page = "packages/container/team%2Fapi/settings";
  expect(judge(ofOrganisation, linkedTo(undefined))[1]).toBe(
    `https://github.com/orgs/Acme/${page}`,
  );
  expect(judge(ofUser, linkedTo(undefined))[1]).toBe(`https://github.com/users/Ada/${page}`);
  expect(judge(ofOrganisation, undefined, undefined, true)[1]).toBe(
    "https://github.com/organizations/Acme/settings/packages",
  );
  expect(judge(ofUser, undefined, undefined, true)[1]).toBe("https://github.com/settings/packages");
});

test("a refused creation names who may create packages, and the organisation's setting", () => {
  const refusal = "denied: permission_denied: create_package";
  expect(judge(ofOrganisation, undefined, refusal)).toEqual([
    `pat's token may not push ghcr.io/acme/team/api (${refusal}); make pat a member of Acme (https://github.com/orgs/Acme/people); if it is one, the organisation does not let members create such packages: allow it under "Package creation"`,
    "https://github.com/organizations/Acme/settings/packages",
  ]);
  expect(judge(ofUser, undefined, refusal)).toEqual([
    `pat's token may not push ghcr.io/ada/team/api (${refusal}); only a PAT of Ada creates packages of Ada: create one as Ada`,
    "https://github.com/settings/tokens/new?scopes=write:packages",
  ]);
});

test("a refused push names both ways to allow it, and the organisation's setting", () => {
  const refusal = "denied: permission_denied: write_package";
  expect(judge(ofOrganisation, linkedTo("acme/api"), refusal)).toEqual([
    `pat's token may not push ghcr.io/acme/team/api (${refusal}); give pat the role Write on the package, or choose "Inherit access from repository" there, if pat may write to Acme/api; the organisation decides whether new packages inherit it (https://github.com/organizations/Acme/settings/packages)`,
    "https://github.com/orgs/Acme/packages/container/team%2Fapi/settings",
  ]);
  expect(judge(ofUser, linkedTo("ada/api"), refusal)[0]).toMatch(
    /"Inherit access from repository" there, if pat may write to Ada\/api$/,
  );
});
