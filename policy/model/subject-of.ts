import { safeToPrint } from "../workflow/safe-to-print.ts";
import type { Resource } from "./rule.ts";

/** The name of a resource in messages: its own, and its repository's if that differs. */
export function subjectOf(resource: Resource | undefined): string {
  if (!resource) return "the stack";
  const name = safeToPrint(resource.name) ?? "this resource";
  const repository = repositoryOf(resource);
  return repository === undefined || name.includes(repository)
    ? name
    : `${name} (repository ${repository})`;
}

function repositoryOf({ props }: Resource): string | undefined {
  try {
    return safeToPrint(props["repository"]);
  } catch {
    return undefined;
  }
}
