import { z } from "zod";

/**
 * Fields that are in GitHub's description but not in the simulator. GitHub ignores all other fields, and
 * clients rely on that: the official provider sends back what it received.
 * https://github.com/github/rest-api-description
 */
const described =
  /^(team_id|gitignore_template|license_template|custom_properties|security_and_analysis|pull_request_creation_policy|assignee|type|issue_field_values|duplicate_issue_id|head_repo|issue|discussion_category_name|generate_release_notes|billing_email|company|email|twitter_username|location|blog|members_\w+|has_\w+_projects|web_commit_signoff_required|\w+_for_new_repositories|\w+_for_repositories|secret_scanning_\w+|signature)$/;

/**
 * The fields of a body that its schema does not know, as paths. Ignoring them would be a false
 * success. Empty and disabled values request nothing, and loose schemas accept every field.
 */
export function unknownFields(schema: z.core.$ZodType, value: unknown, path = ""): string[] {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
      return unknownFields(def.innerType, value, path);
    case "array":
      return Array.isArray(value)
        ? value.flatMap((item, index) => unknownFields(def.element, item, `${path}[${index}]`))
        : [];
    case "union": {
      const met = def.options.find((option) => z.safeParse(option, value).success);
      return met === undefined ? [] : unknownFields(met, value, path);
    }
    case "object":
      return !isRecord(value) || def.catchall !== undefined
        ? []
        : Object.entries(value).flatMap(([key, item]) => {
            const field = path === "" ? key : `${path}.${key}`;
            const known = Object.hasOwn(def.shape, key) ? def.shape[key] : undefined;
            if (known !== undefined) return unknownFields(known, item, field);
            return asksForSomething(key, item) ? [field] : [];
          });
    default:
      return [];
  }
}

function asksForSomething(key: string, value: unknown): boolean {
  // Everything else is off at first.
  if (key === "has_pull_requests") return value === false;
  if (!described.test(key)) return false;
  if (typeof value === "object" && value !== null) return Object.values(value).length > 0;
  return value !== null && value !== "" && value !== false;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
