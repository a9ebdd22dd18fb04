import { afterAll, expect, test } from "vitest";
import { findRepositories } from "../../../src/github/repositories/find-repositories.ts";
import { startAcme } from "../../support/start-acme.ts";

const { simulator, client, close } = await startAcme({
  repositories: ["api", "web"].map((name) => ({ name, dockerfile: "Dockerfile" })),
});
afterAll(close);

test("finds them by name in any case, as GitHub spells them; what is not there is left out", async () => {
  const found = await findRepositories(client(), "Acme", ["API", "gone"]);
  expect(found.map(({ owner, name }) => `${owner}/${name}`)).toEqual(["acme/api"]);
});

test("the time is GitHub's, once it has answered", async () => {
  const github = client();
  await findRepositories(github, "acme", ["api"]);
  expect(Math.abs(github.now().getTime() - simulator.world.clock.now())).toBeLessThan(5000);
});
