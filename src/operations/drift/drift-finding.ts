import { minute } from "../../format-text.ts";

/** What can differ from what the stack wrote. */
export const driftKinds = {
  "file-edited": "A workflow file was edited",
  "file-deleted": "A workflow file was deleted",
  "file-added": "A workflow file that the fleet does not manage uses the secret",
  "second-publisher": "A second workflow publishes the image",
  "login-changed": "A login of a repaired workflow was changed",
  "secret-overwritten": "The secret was overwritten",
  "secret-deleted": "The secret was deleted",
  "secret-shadowed": "Another secret of the same name hides the fleet's",
  "secret-widened": "The secret was given to more repositories",
  "secret-narrowed": "The secret was taken from a repository of the fleet",
  "package-deleted": "A package was deleted",
  "package-unlinked": "A package was linked to another repository, or to none",
  "package-visibility": "The visibility of a package was changed",
  "permissions-widened": "What workflows may do was widened",
  "permissions-narrowed": "What workflows may do was narrowed",
  "tag-moved": "A tag of the shared workflow was moved or deleted",
  "variable-changed": "A variable of the fleet was changed or deleted",
  "variable-shadowed": "A variable of a repository hides the fleet's",
  "repository-gone": "A repository was renamed, deleted or archived",
} as const;

export type DriftKind = keyof typeof driftKinds;

/** How it is repaired. */
export type Repair =
  /** An update of this resource of the stack. */
  | { readonly by: "update"; readonly urn: string }
  /** Deleting a secret that the stack does not own. */
  | {
      readonly by: "deletion";
      readonly repository: string;
      readonly environment: string | undefined;
      readonly name: string;
    }
  /** Only a person can, or should, do it. */
  | { readonly by: "person"; readonly step: string };

/** A difference from what the stack wrote. */
export interface DriftFinding {
  readonly kind: DriftKind;
  /** Without its owner; null for the organisation. */
  readonly repository: string | null;
  /** A path, or the name of a secret, a variable, a package or a setting. */
  readonly subject: string;
  /** The current state, and the earlier one. */
  readonly text: string;
  /** Who and when (ISO-8601), where it is known. */
  readonly actor: string | null;
  readonly at: string | null;
  /** The page to open. */
  readonly url: string | null;
  readonly repair: Repair;
}

/** A finding; by default nobody knows who made the change, and there is no page about it. */
export function driftFinding(
  finding: Pick<DriftFinding, "kind" | "repository" | "subject" | "text" | "repair"> &
    Partial<DriftFinding>,
): DriftFinding {
  return { actor: null, at: null, url: null, ...finding };
}

/** The same in every run, as long as it is the same drift. */
export function driftKey({ kind, repository, subject, repair }: DriftFinding): string {
  const place = repair.by === "deletion" ? (repair.environment ?? "") : "";
  return [kind, repository ?? "", subject, place].join(" ");
}

/** " (by mallory, 2026-08-13 09:00 UTC)", as far as it is known. */
export function describeActor({ actor, at }: Pick<DriftFinding, "actor" | "at">): string {
  const known = [actor && `by ${actor}`, at && `${minute(at)} UTC`].filter(Boolean);
  return known.length === 0 ? "" : ` (${known.join(", ")})`;
}
