import { afterAll, beforeAll, expect, test } from "vitest";
import { parseSeed, type Simulator, startSimulator } from "github-simulator";
import { ociClient, tinyImage } from "github-simulator/testing";
import { githubCom } from "../../../src/github-host.ts";
import { ContainerPackages } from "../../../src/github/packages/container-packages.ts";
import { readAccount } from "../../../src/github/repositories/read-account.ts";
import { createGitHubClient } from "../../../src/github/client/github-client.ts";

let simulator: Simulator;
beforeAll(async () => {
  const scopes = ["repo", "write:packages"];
  simulator = await startSimulator({
    actions: false,
    seed: parseSeed({
      organisation: { login: "acme" },
      users: [{ login: "Ada", role: "none" }, { login: "mona" }],
      tokens: [
        { name: "ada", owner: "Ada", scopes },
        { name: "mona", owner: "mona", scopes },
      ],
      repositories: [{ name: "shop", owner: "Ada", visibility: "private" }],
    }),
  });
  const { registryUrl: url, world } = simulator;
  const client = ociClient({ url, token: world.tokenValue("ada") });
  for (const name of ["shop", "tools/cli"]) {
    await client.push(`ada/${name}`, "1", tinyImage(name, "https://github.com/Ada/shop"));
  }
  simulator.registry.byHand.setVisibility("Ada", "shop", "public");
});
afterAll(() => simulator.close());

const client = (token: "ada" | "mona") =>
  createGitHubClient({ baseUrl: simulator.url, token: simulator.world.tokenValue(token) });

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
