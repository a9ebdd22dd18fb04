import type { ResourceType } from "../protocol/resource-type.ts";

/**
 * Types of earlier versions, which states may still have. The program no longer declares them, so the
 * next update takes over their records or deletes them; nothing on GitHub changes with that.
 *
 * @param publishing took over the workflow files
 */
export function formerTypes(publishing: ResourceType): ResourceType[] {
  const { properties, ...methods } = publishing;
  const files = { ...properties, token: "ghcr:index:WorkflowFiles" };
  const packages = { ...properties, token: "ghcr:index:PackageAccess" };
  return [
    { ...methods, properties: files },
    {
      ...methods,
      properties: packages,
      read: async (id, state, inputs) => ({ id, state, inputs }),
      delete: async () => {},
    },
  ];
}
