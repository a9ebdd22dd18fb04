import { UserError } from "../../user-error.ts";
import { explaining } from "../../github/client/explain-failure.ts";
import { readGrants, type Administrator } from "./admin-grants.ts";
import type { RightsUse } from "./required-rights.ts";

/** A right that the admin token lacks. */
export interface MissingRight {
  /** A scope of a classic PAT, such as `workflow`; else a permission, such as `secrets: write`. */
  readonly right: string;
  /** "the App" */
  readonly holder: string;
  /** "write workflow files of api, web" */
  readonly purposes: readonly string[];
  /** Where to grant it. */
  readonly next: string;
}

/**
 * Which of these rights the administrator lacks, sorted by right; none where that cannot be found out.
 * Nothing is written.
 */
export async function missingRights(
  admin: Administrator,
  uses: readonly RightsUse[],
): Promise<MissingRight[]> {
  if (uses.length === 0) return [];
  try {
    return await explaining("inspect the admin token", async () => {
      const grants = await readGrants(admin);
      // The next request with this token fails, and its error names the reason.
      if (grants === "dead") return [];
      const { holder, next } = grants;
      const purposes = new Map<string, string[]>();
      for (const { purpose, ...rights } of uses) {
        for (const right of await grants.lacks(rights)) {
          purposes.set(right, [...(purposes.get(right) ?? []), purpose]);
        }
      }
      return [...purposes]
        .map(([right, found]) => ({ right, holder, purposes: found, next }))
        .sort((a, b) => a.right.localeCompare(b.right, "en"));
    });
  } catch (error) {
    if (error instanceof UserError) return [];
    throw error;
  }
}

/** "the PAT lacks workflow, which is needed to write workflow files of api: select it on <page>" */
export function missingRightWords({ right, holder, purposes, next }: MissingRight): string {
  return `${holder} lacks ${right}, which it needs to ${purposes.join(", and to ")}: ${next}`;
}
