import { afterAll, beforeAll, expect, test } from "vitest";
import { ociClient, tinyImage } from "github-simulator/testing";
import { githubCom } from "../../../src/github-host.ts";
import { ContainerPackages } from "../../../src/github/packages/container-packages.ts";
import { readAccount } from "../../../src/github/repositories/read-account.ts";
import { startAcme } from "../../support/start-acme.ts";

const scopes = ["repo", "write:packages"];
const { simulator, client, close } = await startAcme({
  users: [{ login: "Ada", role: "none" }, { login: "mona" }],
  tokens: [
    { name: "ada", owner: "Ada", scopes },
    { name: "mona", owner: "mona", scopes },
  ],
  repositories: [{ name: "shop", owner: "Ada", visibility: "private" }],
});
afterAll(close);

beforeAll(async () => {
  const { registryUrl: url, world } = simulator;
  const registry = ociClient({ url, token: world.tokenValue("ada") });
  for (const name of ["shop", "tools/cli"]) {
    await registry.push(`ada/${name}`, "1", tinyImage(name, "https://github.com/Ada/shop"));
  }
  simulator.registry.byHand.setVisibility("Ada", "shop", "public");
});

test("the kind of an owner is GitHub's answer; what does not exist says how to set it", async () => {
  expect(await readAccount(client("ada"), "ADA")).toMatchObject({
    owner: "Ada",
    ownerKind: "User",
  });
  expect(await readAccount(client("ada"), "acme")).toMatchObject({
    owner: "acme",
    ownerKind: "Organization",
  });
  await expect(readAccount(client("ada"), "nobody")).rejects.toThrow(
    "nobody does not exist, or the admin token may not see it: pulumi config set github:owner <organisation or user>",
  );
});

test("a user's own token reads all packages, another's the public ones", async () => {
  const ada = { host: githubCom, owner: "Ada", ownerKind: "User" } as const;
  const own = new ContainerPackages(client("ada"), ada);
  expect(await own.list()).toEqual(
    new Map([
      ["shop", { visibility: "public", repository: "Ada/shop" }],
      ["tools/cli", { visibility: "private", repository: "Ada/shop" }],
    ]),
  );
  expect(await own.read("tools/cli")).toMatchObject({ visibility: "private" });
  expect((await own.readTaggedVersions("tools/cli")).map(({ tags }) => tags)).toEqual([["1"]]);

  const others = new ContainerPackages(client("mona"), ada);
  expect([...(await others.list()).keys()]).toEqual(["shop"]);
  expect(await others.read("tools/cli")).toBeUndefined();
  expect(await others.readTaggedVersions("shop")).toHaveLength(1);
});
