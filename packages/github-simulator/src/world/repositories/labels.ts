import type { Session } from "../session.ts";
import type { Label } from "../state/discussions.ts";
import type { Repository } from "../state/repository.ts";
import { changesBetween } from "../events.ts";
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
  const now = world.now();
  return new Map(
    defaultLabels.map(([name, color, description]) => [
      name,
      {
        id: world.nextId(),
        name,
        color,
        description,
        isDefault: true,
        createdAt: now,
        updatedAt: now,
      },
    ]),
  );
}

/** The names of labels in the repository's spelling; missing ones are created. */
export function assureLabels(
  session: Session,
  repository: Repository,
  names: readonly string[],
): string[] {
  const found = names.map(
    (name) =>
      repository.labels.get(name.toLowerCase()) ?? createLabel(session, repository, { name }),
  );
  return [...new Set(found.map(({ name }) => name))];
}

export function createLabel(
  { world, actor }: Session,
  repository: Repository,
  given: Pick<Label, "name"> & Partial<Label>,
): Label {
  const now = world.now();
  const label: Label = {
    id: world.nextId(),
    color: "ededed",
    description: null,
    isDefault: false,
    createdAt: now,
    updatedAt: now,
    ...given,
  };
  repository.labels.set(label.name.toLowerCase(), label);
  world.events.emit("label", { repository, label, action: "created", actor });
  return label;
}

export function changeLabel(
  { world, actor }: Session,
  repository: Repository,
  label: Label,
  given: Partial<Pick<Label, "name" | "color" | "description">>,
): void {
  const before = { ...label };
  rename(repository, label, given.name ?? label.name);
  Object.assign(label, given, { updatedAt: world.now() });
  const changes = changesBetween(before, label, ["name", "color", "description"]);
  world.events.emit("label", { repository, label, action: "edited", detail: { changes }, actor });
}

/** Deletes a label, also from issues and pull requests. */
export function deleteLabel({ world, actor }: Session, repository: Repository, label: Label): void {
  rename(repository, label, null);
  world.events.emit("label", { repository, label, action: "deleted", actor });
}

function rename(repository: Repository, label: Label, name: string | null): void {
  repository.labels.delete(label.name.toLowerCase());
  for (const item of [...repository.issues, ...repository.pulls]) {
    item.labels = item.labels.flatMap((worn) =>
      worn === label.name ? (name === null ? [] : [name]) : [worn],
    );
  }
  if (name !== null) repository.labels.set(name.toLowerCase(), label);
}
