import { ghcr } from "../model/resource-types.ts";
import type { ResourceRule } from "../model/rule.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";

/** The first build fails, and only a person can add what it builds from. */
export const dockerfilePresent: ResourceRule = {
  kind: "resource",
  id: "dockerfile-present",
  level: "mandatory",
  severity: "medium",
  description: "A repository has the Dockerfile that its image is built from.",
  remediation:
    "Add it, write its path into dockerfile, select repositories with has: Dockerfile, leave the repository out of the fleet, or keep its own workflows (workflows: none).",
  source: "https://docs.docker.com/reference/cli/docker/buildx/build/#file",
  sees: "ghcr:index:RepositoryPublishing, which looks for the file on the branch when the templates are written for the first time or change, and then at each run until it is there.",
  resourceTypes: [ghcr.publishing],
  *judge({ props }) {
    if (props["missingDockerfile"] !== undefined)
      yield "have the Dockerfile that its image is built from on its branch";
  },
};

/** GitHub runs both, and each overwrites the tags of the other. */
export const onePublisher: ResourceRule = {
  kind: "resource",
  id: "one-publisher",
  level: "advisory",
  severity: "medium",
  description: "One workflow of a repository publishes an image, not a second one beside it.",
  remediation:
    "Delete the other workflow, or keep it and write workflows: repair, so that the fleet writes none of its own.",
  source: "https://docs.github.com/en/actions/concepts/workflows-and-actions/workflows",
  sees: "ghcr:index:RepositoryPublishing, which reads the other workflows of the branch when the templates are written for the first time or change: files that push the same image, and ci.yaml beside ci.yml. What was found is looked at again at each run.",
  resourceTypes: [ghcr.publishing],
  *judge({ props }) {
    const paths: readonly unknown[] = Array.isArray(props["secondPublishers"])
      ? props["secondPublishers"]
      : [];
    for (const path of paths) {
      yield `publish its image from one workflow, not also from ${safeToPrint(path) ?? "another one"}`;
    }
  },
};
