import { randomBytes } from "node:crypto";
import { expect, test } from "vitest";
import { startProvider } from "./start-provider.ts";

const value = randomBytes(20).toString("hex");
const request = { scope: "repository", owner: "acme", repository: "api", name: "GHCR_PAT", value };

test("a secret of the repository becomes the environment's when a job of the branch deploys there", async () => {
  const at = await startProvider();
  const own = await at.secret.check({}, request, at.context);
  const wanted = { ...request, scope: "environment", environment: "release" };
  const before = await at.secret.check(own.inputs, wanted, at.context);
  expect(at.secret.diff(own.inputs, before.inputs, {})).toEqual({});
  // A rotation meanwhile changes it where it is.
  const next = { ...wanted, value: randomBytes(20).toString("hex") };
  const rotated = await at.secret.check(before.inputs, next, at.context);
  expect(at.secret.diff(before.inputs, rotated.inputs, {})).not.toHaveProperty("scope");
  expect(rotated.inputs).toMatchObject({ scope: "repository" });

  const release = `on: release
jobs:
  image:
    runs-on: ubuntu-latest
    environment: release
    steps: [{ run: "./push", env: { PAT: "\${{ secrets.GHCR_PAT }}" } }]
`;
  const files = { ".github/workflows/release.yml": release };
  at.byHand.editFiles("acme/api", files, { message: "Deploy" });
  const after = await at.freshSecret().check(before.inputs, wanted, at.context);
  expect(at.secret.diff(before.inputs, after.inputs, {})).toMatchObject({
    scope: "replace",
  });
});
