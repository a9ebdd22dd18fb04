import { parseSeed, startSimulator } from "github-simulator";
import { ociClient, tinyImage } from "github-simulator/testing";
import { expect, onTestFinished, test } from "vitest";
import { judgePackages, readFacts } from "../../../provider/resources/packages/judge-packages.ts";
import { Packages } from "../../../provider/resources/packages/packages.ts";
import { githubCom } from "../../../src/github-host.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";
import { packageStatus } from "../../../src/operations/status/package-status.ts";

const account = {
  host: githubCom,
  owner: "Ada",
  ownerKind: "User",
  registry: "ghcr.io",
} as const;
const seed = parseSeed({
  organisation: { login: "acme" },
  users: [{ login: "Ada", role: "none" }, { login: "sam" }],
  tokens: [
    { name: "own", owner: "Ada", scopes: ["repo", "write:packages", "read:packages"] },
    { name: "other", owner: "sam", scopes: ["repo", "read:packages"] },
  ],
  repositories: [{ name: "shop", owner: "Ada", visibility: "private" }],
});

test("a private package of a user is not called deleted by the token of another account", async () => {
  const platform = await startSimulator({ seed, actions: false });
  onTestFinished(() => platform.close());
  const tokenOf = (name: string) => platform.world.tokenValue(name);
  const registry = ociClient({ url: platform.registryUrl, token: tokenOf("own") });
  await registry.push("ada/shop", "v1", tinyImage("v1", "https://github.com/Ada/shop"));
  const warnings: string[] = [];
  const context = { urn: "", status: () => {}, warn: (text: string) => void warnings.push(text) };
  const judge = async (name: string, state: object) => {
    const github = createGitHubClient({ baseUrl: platform.url, token: tokenOf(name) });
    const inputs = {
      ...account,
      repository: "shop",
      packages: [{ image: "shop", push: "allowed" }],
    };
    const facts = await readFacts(new Packages(github, account, 1), inputs, "shop");
    const found = new Map([["shop", facts]]);
    return judgePackages(inputs, found, { ...state }, context, false);
  };
  const own = await judge("own", {});
  expect(own).toMatchObject({ verified: true, packages: [{ exists: true, existed: true }] });

  // A state that has never seen it, and one that has.
  const fresh = await judge("other", {});
  const unknown =
    "whether ghcr.io/ada/shop exists is unknown: GitHub shows the private packages of Ada to Ada only, and the admin token belongs to another account; use one of Ada, with the scope read:packages";
  expect(fresh).toMatchObject({
    verified: false,
    findings: [{ subject: "exists", state: "unknown", text: unknown }],
  });
  expect(warnings).toEqual([unknown]);
  expect(await judge("other", own)).toMatchObject({ packages: [{ exists: true, existed: true }] });
  expect(warnings).toEqual([unknown]);
});

test("status says the same of it", () => {
  const repository = { name: "shop", package: {} } as Parameters<
    typeof packageStatus
  >[0]["repository"];
  const question = {
    fleet: account,
    repository,
    mode: "repair",
    image: "shop",
    publisher: "Ada",
    refusal: undefined,
  } as const;
  const { findings } = packageStatus({ ...question, found: "hidden", before: true });
  expect(findings).toMatchObject([{ subject: "exists", state: "unknown" }]);
  expect(findings[0]?.text).toContain("whether ghcr.io/ada/shop exists is unknown");
  const absent = (mode: "repair" | "template") =>
    packageStatus({ ...question, mode, found: undefined, before: false }).findings[0]?.text;
  const text = "ghcr.io/ada/shop does not exist yet; the first push creates it";
  // Only the templates are known to set the label.
  expect([absent("repair"), absent("template")]).toEqual([text, `${text}, linked to Ada/shop`]);
});
