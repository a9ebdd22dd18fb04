import type { Label } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import type { World } from "../world.ts";

/** https://docs.github.com/en/issues/using-labels-and-milestones-to-track-work/managing-labels#about-default-labels */
const defaultLabels: readonly (readonly [name: string, color: string, description: string])[] = [
  ["bug", "d73a4a", "Something isn't working"],
  ["documentation", "0075ca", "Improvements or additions to documentation"],
  ["duplicate", "cfd3d7", "This issue or pull request already exists"],
  ["enhancement", "a2eeef", "New feature or request"],
  ["good first issue", "7057ff", "Good for newcomers"],
  ["help wanted", "008672", "Extra attention is needed"],
  ["invalid", "e4e669", "This doesn't seem right"],
  ["question", "d876e3", "Further information is requested"],
  ["wontfix", "ffffff", "This will not be worked on"],
];

/** The labels that every new repository has. */
export function createDefaultLabels(world: World): Repository["labels"] {
  return new Map(
    defaultLabels.map(([name, color, description]) => [
      name,
      { id: world.nextId(), name, color, description, isDefault: true },
    ]),
  );
}

/** The names of labels as the repository writes them; those it has not are made. */
export function assureLabels(
  world: World,
  { labels }: Repository,
  names: readonly string[],
): string[] {
  const found = names.map((name): Label => {
    const key = name.toLowerCase();
    const label = labels.get(key) ?? {
      id: world.nextId(),
      name,
      color: "ededed",
      description: null,
      isDefault: false,
    };
    labels.set(key, label);
    return label;
  });
  return [...new Set(found.map(({ name }) => name))];
}

/** Takes a label away, or gives it another name, wherever it is worn. */
export function renameLabel(repository: Repository, label: Label, name: string | null): void {
  repository.labels.delete(label.name.toLowerCase());
  for (const item of [...repository.issues, ...repository.pulls]) {
    item.labels = item.labels.flatMap((worn) =>
      worn === label.name ? (name === null ? [] : [name]) : [worn],
    );
  }
  if (name === null) return;
  label.name = name;
  repository.labels.set(name.toLowerCase(), label);
}
