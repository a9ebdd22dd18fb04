import { ghcr } from "../../../policy/model/resource-types.ts";
import { requiredChecksInQueue, requiredChecksKept } from "../../../policy/rules/checks.ts";
import { dockerfilePresent, onePublisher } from "../../../policy/rules/publisher.ts";
import { workflowLocked } from "../../../policy/rules/workflow-locked.ts";
import { unknownValue, type TestResource } from "../run-policy.ts";
import type { RuleCase } from "./case.ts";

const of = (...resources: TestResource[]) => ({ resources });

const resource = (props: Record<string, unknown>): TestResource => ({
  type: ghcr.publishing,
  name: "api",
  props: { owner: "acme", repository: "api", ...props },
});

/** What the rules and files of a branch demand of the workflows that are written to it. */
export const branchCases: readonly RuleCase[] = [
  {
    rule: requiredChecksKept,
    violating: of(resource({ lostChecks: ["test (18, ubuntu-24.04)", "\u001b[31mred"] })),
    says: [
      'api must keep reporting the check "test (18, ubuntu-24.04)", which its branch requires',
      "api must keep reporting the check with a name that is not shown, which its branch requires",
    ],
    missing: of(resource({})),
    saysMissing: [],
    passing: of(resource({ lostChecks: [] })),
    unknown: of(resource({ lostChecks: unknownValue })),
  },
  {
    rule: dockerfilePresent,
    violating: of(resource({ missingDockerfile: "docker/Dockerfile" })),
    says: ["api must have the Dockerfile that its image is built from on its branch"],
    missing: of(resource({})),
    saysMissing: [],
    passing: of(resource({ files: {} })),
    unknown: of(resource({ missingDockerfile: unknownValue })),
  },
  {
    rule: onePublisher,
    violating: of(
      resource({ secondPublishers: [".github/workflows/ci.yaml", "\u001b[31mred.yml"] }),
    ),
    says: [
      "api must publish its image from one workflow, not also from .github/workflows/ci.yaml",
      "api must publish its image from one workflow, not also from another one",
    ],
    missing: of(resource({})),
    saysMissing: [],
    passing: of(resource({ secondPublishers: [] })),
    unknown: of(resource({ secondPublishers: unknownValue })),
  },
  {
    rule: requiredChecksInQueue,
    violating: of(resource({ checksOutsideQueue: ["test"] })),
    says: [
      'api must run the check "test" for merge groups, or nothing leaves the merge queue of its branch',
    ],
    missing: of(resource({})),
    saysMissing: [],
    passing: of(resource({ checksOutsideQueue: [] })),
    unknown: of(resource({ checksOutsideQueue: unknownValue })),
  },
  {
    rule: workflowLocked,
    violating: of(resource({ notStarting: "ci.yml would not start" })),
    says: [
      "api must have a lockfile that its workflows can be added to: their runs would not start",
    ],
    missing: of(resource({})),
    saysMissing: [],
    passing: of(resource({ files: {} })),
    unknown: of(resource({ notStarting: unknownValue })),
  },
];
