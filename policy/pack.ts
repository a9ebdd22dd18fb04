import * as pulumi from "@pulumi/pulumi";
import { PolicyPack } from "@pulumi/policy";
import { rules } from "./rules.ts";
import { policyContextOf } from "./model/policy-context.ts";
import { storedTexts } from "./workflow/stored-text.ts";
import { toPolicy } from "./engine/to-policy.ts";

const context = {
  ...policyContextOf(pulumi.runtime.allConfig(), {
    now: new Date(),
    preview: pulumi.runtime.isDryRun(),
  }),
  patWithheld: process.env["GHCR_FLEET_WITHOUT_PAT"] === "1" && pulumi.runtime.isDryRun(),
  texts: storedTexts(process.env),
  exceptions: new Map(),
};

new PolicyPack("ghcr-fleet", {
  enforcementLevel: "mandatory",
  policies: rules.map((rule) => toPolicy(rule, context)),
});
