import { isText } from "./diff-properties.ts";
import type { ResourceStep } from "./event-log.ts";

/** A resource in words: "workflow files", "secret GHCR_PAT". */
export function describeResource(step: Pick<ResourceStep, "type" | "before" | "after">): string {
  const properties = (step.after ?? step.before)?.inputs ?? {};
  const named = (kind: string, key: string) => [kind, properties[key]].filter(isText).join(" ");
  switch (step.type) {
    case "ghcr:index:RepositoryPublishing":
      return properties["mode"] === "repair" ? "logins in workflows" : "workflow files";
    case "ghcr:index:RegistrySecret":
      return named("secret", "name");
    case "ghcr:index:RegistryVariable":
      return named("variable", "name");
    case "ghcr:index:ActionsSettings":
      return "Actions settings";
    case "ghcr:index:RegistryToken":
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
