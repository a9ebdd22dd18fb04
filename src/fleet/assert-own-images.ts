import { UserError } from "../user-error.ts";
import type { FleetRepository } from "./fleet.ts";

/**
 * Two repositories that publish to one image overwrite each other's, and only one of them is linked
 * to the package: an `image` in the defaults does it, or names such as `a_b` and `a___b`, between
 * which GHCR knows no difference.
 *
 * @throws {UserError} lists every image that more than one repository publishes to
 */
export function assertOwnImages(
  owner: string,
  repositories: readonly Pick<FleetRepository, "name" | "image">[],
): void {
  const byImage = new Map<string, string[]>();
  for (const { name, image } of repositories) {
    byImage.set(image, [...(byImage.get(image) ?? []), name]);
  }
  const problems = [...byImage]
    .filter(([, names]) => names.length > 1)
    .map(([image, names]) => `  ghcr.io/${owner.toLowerCase()}/${image}: ${list(names)}`);
  if (problems.length === 0) return;
  throw new UserError(
    "fleet.repositories: several repositories publish to one image, and would overwrite each other's; " +
      `give all but one of them an \`image\` of their own:\n${problems.join("\n")}`,
  );
}

/** A default may bring hundreds together; the first ones show which entry it is. */
const longestList = 5;

function list(names: readonly string[]): string {
  const rest = names.length - longestList;
  return names.slice(0, longestList).join(", ") + (rest > 0 ? ` and ${rest} more` : "");
}
