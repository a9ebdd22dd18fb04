import { expect, test } from "vitest";
import { auditMonitoredAdvice } from "../../policy/rules/fleet.ts";
import { ghcr } from "../../policy/model/resource-types.ts";
import { token } from "./cases/token-cases.ts";
import { runPolicy } from "./run-policy.ts";

test("nobody is advised to monitor the audit log of a user account, which has none", async () => {
  const violationsFor = async (ownerKind: string | undefined) => {
    const provider = { type: ghcr.provider, name: "ghcr", props: { ownerKind } };
    return (await runPolicy(auditMonitoredAdvice, { resources: [provider, token()] })).violations;
  };
  expect(await violationsFor("User")).toEqual([]);
  expect(await violationsFor("Organization")).toHaveLength(1);
  expect(await violationsFor(undefined)).toHaveLength(1);
});
