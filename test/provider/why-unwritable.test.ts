import { expect, test } from "vitest";
import { whyUnwritable } from "../../provider/resources/why-unwritable.ts";
import { startProvider } from "./start-provider.ts";

test.each([
  ["renamed", "the repository was renamed or deleted, or the admin token may not see it"],
  ["disabled", "GitHub has disabled the repository"],
  ["archived", "the repository is archived"],
])("a repository that is %s is left as it is", async (fate, reason) => {
  const at = await startProvider();
  const inputs = { owner: "acme", repository: "api", name: "GHCR_USERNAME", value: "publisher" };
  const { id } = await at.variable.create(inputs, false, at.context);
  if (fate === "renamed") at.byHand.renameRepository("acme/api", "gateway");
  if (fate === "disabled") at.world.repository("acme/api").disabled = true;
  if (fate === "archived") at.world.repository("acme/api").archived = true;
  await at.variable.delete(id, inputs, at.context);
  expect(at.warnings).toEqual([`the variable ${id} is left as it is: ${reason}`]);
});

test("one without changes can be written to", () => {
  const asItWas = { name: "api", archived: false, disabled: false };
  expect(whyUnwritable("api", asItWas as never)).toBeUndefined();
});
