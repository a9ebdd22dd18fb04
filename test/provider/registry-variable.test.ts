import { beforeEach, expect, test } from "vitest";
import { startProvider, type Provider } from "./start-provider.ts";

const inputs = { owner: "acme", repository: "api", name: "GHCR_USERNAME", value: "publisher" };

let at: Provider;
beforeEach(async () => void (at = await startProvider()));

const variable = (repository = "acme/api") =>
  at.world.repository(repository).variables.get("GHCR_USERNAME")?.value;

const writes = () =>
  at.simulator.requests.filter(({ method }) => method !== "GET").map(({ method }) => method);

test("is created, replaced if the value differs, and not written if it is the same", async () => {
  await at.variable.create({ ...inputs, value: "somebody" }, false, at.context);
  await at.variable.create(inputs, false, at.context);
  await at.variable.create(inputs, false, at.context);
  expect(variable()).toBe("publisher");
  expect(writes()).toEqual(["POST", "PATCH"]);
});

test("the answer to its creation is lost: it is replaced", async () => {
  const path = "/repos/acme/api/actions/variables";
  at.simulator.faults.inject({ method: "POST", path, times: 1 }, { kind: "drop", when: "after" });
  await at.variable.create(inputs, false, at.context);
  expect(variable()).toBe("publisher");
});

test("changed by hand, it appears in a refresh; deleted by hand, it is created again", async () => {
  const { id } = await at.variable.create(inputs, false, at.context);
  const path = "/repos/acme/api/actions/variables/GHCR_USERNAME";
  await at.github.request(`PATCH ${path}`, { name: "GHCR_USERNAME", value: "mallory" });
  expect(await at.variable.read(id, inputs, inputs, at.context)).toMatchObject({
    inputs: { ...inputs, value: "mallory" },
  });
  await at.github.request(`DELETE ${path}`);
  expect(await at.variable.read(id, inputs, inputs, at.context)).toBeUndefined();
  await at.variable.update(id, inputs, inputs, false, at.context);
  expect(variable()).toBe("publisher");
});

test("it is deleted once when its repository leaves", async () => {
  const { id } = await at.variable.create(inputs, false, at.context);
  await at.variable.delete(id, inputs, at.context);
  expect(variable()).toBeUndefined();
  await at.variable.delete(id, inputs, at.context);
  expect(at.warnings).toEqual([]);
});

test("it stays if the repository has another name now", async () => {
  const { id } = await at.variable.create(inputs, false, at.context);
  at.byHand.renameRepository("acme/api", "gateway");
  await at.variable.delete(id, inputs, at.context);
  expect(variable("acme/gateway")).toBe("publisher");
  expect(at.warnings).toHaveLength(1);
});
