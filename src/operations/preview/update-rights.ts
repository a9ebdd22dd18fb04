import { listed } from "../../format-text.ts";
import { changeOf, isChanging, isNewFiles, repositoryOf } from "../../stack/engine-change.ts";
import { ghcrType, githubType } from "../../stack/resource-types.ts";
import { rightsToWrite, type Rights, type RightsUse } from "../doctor/required-rights.ts";
import { repositoryWith } from "./file-texts.ts";
import type { ResourceStep } from "./event-log.ts";

/** A kind of write, and the repositories that it is for; none where all share it. */
interface Write extends Rights {
  readonly verb: string;
  readonly repository?: string | undefined;
}

/**
 * What an update with these steps writes to GitHub, each with the rights that it needs.
 */
export function rightsOfUpdate(steps: Iterable<ResourceStep>): RightsUse[] {
  const writes = Map.groupBy([...steps].flatMap(writesOf), ({ verb }) => verb);
  return [...writes].map(([verb, [first, ...others]]) => {
    const { scopes, permissions, orPublicRepo = false } = first as Write;
    const names = [first, ...others].flatMap((each) => each?.repository ?? []);
    const purpose = names.length === 0 ? verb : `${verb} of ${listed([...new Set(names)].sort())}`;
    return { purpose, scopes, permissions, orPublicRepo };
  });
}

function writesOf(step: ResourceStep): Write[] {
  const { type, operation, before, after } = step;
  if (!isChanging(operation)) return [];
  const repository = repositoryOf(step.urn);
  const inputs = (after ?? before)?.inputs ?? {};
  const isRemoval = operation === "delete";
  switch (type) {
    case ghcrType.publishing:
    case ghcrType.shared: {
      const repository = repositoryWith(step);
      const isShared = type === ghcrType.shared;
      const verb = isShared ? "write the shared workflow" : "write workflow files";
      const files = { verb, repository, ...rightsToWrite.files };
      const change = changeOf(step);
      if (!isNewFiles(change) && !change.takesBack) return [];
      const pulls = { verb: "open pull requests", repository, ...rightsToWrite.pullRequests };
      return inputs["delivery"] === "pull-request" ? [files, pulls] : [files];
    }
    case ghcrType.secret:
      switch (inputs["scope"]) {
        case "organization":
          return [{ verb: "write the organisation's secret", ...rightsToWrite.organizationSecret }];
        case "environment":
          return [
            {
              verb: "write secrets of environments",
              repository,
              ...rightsToWrite.environmentSecret,
            },
          ];
        default:
          return [{ verb: "write secrets", repository, ...rightsToWrite.secret }];
      }
    case ghcrType.variable:
      return [{ verb: "write variables", repository, ...rightsToWrite.variable }];
    case githubType.organizationVariable:
      if (isRemoval && before?.retainOnDelete) return [];
      return [{ verb: "write the organisation's variable", ...rightsToWrite.organizationVariable }];
    case githubType.accessLevel: {
      if (isRemoval && before?.retainOnDelete) return [];
      const central = typeof inputs["repository"] === "string" ? inputs["repository"] : undefined;
      const verb = "let others call the workflows";
      return [{ verb, repository: central, ...rightsToWrite.settings }];
    }
    case ghcrType.settings:
    case ghcrType.environment:
      return isRemoval ? [] : [{ verb: "write settings", repository, ...rightsToWrite.settings }];
    default:
      return [];
  }
}
