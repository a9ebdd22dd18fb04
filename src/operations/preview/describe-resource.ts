import { isText } from "./diff-properties.ts";
import type { ResourceStep } from "./event-log.ts";
import { ghcrType } from "../../stack/resource-types.ts";

/** A resource in words: "workflow files", "secret GHCR_PAT". */
export function describeResource(step: Pick<ResourceStep, "type" | "before" | "after">): string {
  const properties = (step.after ?? step.before)?.inputs ?? {};
  const named = (kind: string, key: string) => [kind, properties[key]].filter(isText).join(" ");
  switch (step.type) {
    case ghcrType.publishing:
      return properties["mode"] === "repair" ? "logins in workflows" : "workflow files";
    case ghcrType.secret:
      return named("secret", "name");
    case ghcrType.variable:
      return named("variable", "name");
    case ghcrType.settings:
      return "Actions settings";
    case ghcrType.token:
      return "publishing PAT";
    default:
      return properties["variableName"] === undefined
        ? words(step.type)
        : named("variable", "variableName");
  }
}

/** Resources that exist only in the stack: providers, components and the stack itself. */
export function isInternal(type: string): boolean {
  return /^(?:pulumi|ghcr-fleet|random):/.test(type);
}

/** "github:index/repositoryEnvironment:RepositoryEnvironment" is a "repository environment". */
function words(type: string): string {
  const name = type.split(":").at(-1) ?? type;
  return name.replaceAll(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
}
