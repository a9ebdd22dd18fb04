import { branchCases } from "./branch-cases.ts";
import type { RuleCase } from "./case.ts";
import { fleetCases } from "./fleet-cases.ts";
import { publishingCases } from "./publishing-cases.ts";
import { secretCases } from "./secret-cases.ts";
import { tokenCases } from "./token-cases.ts";
import { workflowCases } from "./workflow-cases.ts";

/** Four programs for every rule. */
export const cases: readonly RuleCase[] = [
  ...tokenCases,
  ...secretCases,
  ...workflowCases,
  ...publishingCases,
  ...branchCases,
  ...fleetCases,
];
