import type { Repository } from "../world/state/repository.ts";
import { nodeId } from "./node-id.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `label`, of each name that the repository has. */
export function labelShapes(api: string, repository: Repository, names: readonly string[]) {
  return names.flatMap((name) => {
    const label = repository.labels.get(name.toLowerCase());
    if (label === undefined) return [];
    const { id, color, description, isDefault } = label;
    return [
      {
        id,
        node_id: nodeId("Label", repository.id, id),
        url: `${repositoryUrl(api, repository)}/labels/${encodeURIComponent(label.name)}`,
        name: label.name,
        description,
        color,
        default: isDefault,
      },
    ];
  });
}
