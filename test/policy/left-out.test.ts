import { expect, test } from "vitest";
import { workflowsComplete } from "../../policy/rules/fleet.ts";
import { ghcr, github } from "../../policy/model/resource-types.ts";
import { rules } from "../../policy/rules.ts";
import { runPolicy } from "./run-policy.ts";

const repositories = JSON.stringify({ web: "main" });
const provider = { type: ghcr.provider, name: "ghcr", props: { repositories } };

// https://github.com/pulumi/pulumi/blob/v3.259.0/pkg/resource/deploy/step_generator.go: resources that
// `--target` does not create come without their properties.
test("no rule reports what an update leaves out, or what is missing because of that", async () => {
  const types = [...Object.values(ghcr), ...Object.values(github)].filter(
    (type) => !type.startsWith("pulumi:providers:"),
  );
  const leftOut = types.map((type) => ({ type, name: "web", props: {} }));
  const found = await Promise.all(
    rules.map(async (rule) => {
      const { violations } = await runPolicy(rule, { resources: [provider, ...leftOut] });
      return violations.map((text) => `${rule.id}: ${text}`);
    }),
  );
  expect(found.flat().filter((text) => !text.startsWith("audit-monitored"))).toEqual([]);
});

test("components have no properties in any update, and leave nothing out", async () => {
  const component = { type: "ghcr-fleet:index:RegistryAccess", name: "registry-access", props: {} };
  const { violations } = await runPolicy(workflowsComplete, { resources: [provider, component] });
  expect(violations).toHaveLength(2);
});
