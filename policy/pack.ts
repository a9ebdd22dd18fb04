import { PolicyPack } from "@pulumi/policy";
import { toPolicy } from "./to-policy.ts";
import { tokenRules } from "./token.ts";

const rules = [...tokenRules];

new PolicyPack("ghcr-fleet", { enforcementLevel: "mandatory", policies: rules.map(toPolicy) });
