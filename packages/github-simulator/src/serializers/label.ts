import type { View } from "./view.ts";
import type { Label } from "../world/state/discussions.ts";
import type { Repository } from "../world/state/repository.ts";
import { nodeId } from "./node-id.ts";
import { repositoryUrl } from "./repository.ts";

/** GitHub's `label`. */
export function labelShape(view: View, repository: Repository, label: Label) {
  const { id, name, color, description, isDefault } = label;
  return {
    id,
    node_id: nodeId("Label", repository.id, id),
    url: `${repositoryUrl(view, repository)}/labels/${encodeURIComponent(name)}`,
    name,
    description,
    color,
    default: isDefault,
  };
}

/** The labels with these names that the repository has. */
export function labelShapes(view: View, repository: Repository, names: readonly string[]) {
  return names.flatMap((name) => {
    const label = repository.labels.get(name.toLowerCase());
    return label === undefined ? [] : [labelShape(view, repository, label)];
  });
}
