import { beforeEach, expect, test } from "vitest";
import { startProvider, type Provider } from "./start-provider.ts";

let provider: Provider;
beforeEach(async () => void (provider = await startProvider()));

test.each([
  "",
  "acme",
  "acme/api",
  "acme//NAME",
  "/api/NAME",
  "acme/api/",
  "acme/../NAME",
  "a/b/c/d/e",
])("the id %j is refused with the required form, before any request to GitHub", async (id) => {
  const { variable, environment, secret, context, simulator } = provider;
  const asked = simulator.requests.length;
  const importing = (resource: typeof variable) => resource.read(id, {}, {}, context);
  const refusal = `cannot import "${id}": give owner/`;
  await expect(importing(variable)).rejects.toThrow(`${refusal}repository/NAME`);
  await expect(importing(environment)).rejects.toThrow(`${refusal}repository/environment`);
  // An organisation's secret has two parts.
  if (id !== "acme/api") await expect(importing(secret)).rejects.toThrow(`${refusal}NAME`);
  expect(simulator.requests).toHaveLength(asked);
});

test("what does not exist is not imported", async () => {
  const { variable, environment, secret, files, context } = provider;
  for (const resource of [variable, environment, secret, files]) {
    expect(await resource.read("acme/api/NOPE", {}, {}, context)).toBeUndefined();
  }
});
