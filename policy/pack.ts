import { PolicyPack } from "@pulumi/policy";
import { fleetPolicies } from "./policies.ts";

new PolicyPack("ghcr-fleet", { enforcementLevel: "mandatory", policies: fleetPolicies() });
