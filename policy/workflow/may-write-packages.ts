import { isMap, type YAMLMap } from "yaml";
import { textOf, type YamlReader } from "./language/yaml-nodes.ts";

/**
 * Whether the token of a job may write packages according to the workflow. If the workflow has no
 * permissions, the repository's settings decide.
 *
 * @see https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions
 */
export function mayWritePackages(
  yaml: YamlReader,
  root: YAMLMap | undefined,
  job: YAMLMap | undefined,
): boolean {
  const permissions = yaml.at(job, "permissions") ?? yaml.at(root, "permissions");
  if (!isMap(permissions)) return textOf(permissions) !== "read-all";
  const level = yaml.at(permissions, "packages");
  return level !== undefined && !["read", "none"].includes(textOf(level) ?? "");
}
