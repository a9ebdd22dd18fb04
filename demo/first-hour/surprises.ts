import type { StackPreview } from "../../src/operations/preview/stack-preview.ts";
import type { Crossing } from "../../src/operations/status/crossing.ts";

type Announced = Pick<StackPreview, "changes" | "rules" | "warnings">;

/**
 * What happened or was found after a rollout, and the preview before it did not say; and what it said and did not
 * happen.
 *
 * @param written `web: .github/workflows/ci.yml`, `web: pull request`, `shared: secret GHCR_PAT`
 * @param crossings what `status` finds since
 */
export function surprises(
  announced: Announced,
  written: readonly string[],
  crossings: readonly Crossing[],
): string[] {
  const said = announced.changes.flatMap((each) => [...settingsOf(each), ...filesOf(each)]);
  return [
    ...written.filter((write) => !said.includes(write)),
    ...announced.changes
      .flatMap(filesOf)
      .filter((write) => !written.includes(write))
      .map((write) => `${write}, which was announced and not written`),
    ...crossings
      .filter((crossing) => !isAnnounced(announced, crossing))
      .map(({ repository, text }) => `${repository ?? "the fleet"}: ${text}`),
  ];
}

function settingsOf({ repository = "shared", resources }: Announced["changes"][number]): string[] {
  return resources.map(({ what }) => `${repository}: ${what}`);
}

/** A new pull request is a write; its files are none before its merge. */
function filesOf({
  repository = "shared",
  resources,
  delivery,
}: Announced["changes"][number]): string[] {
  const files = resources.flatMap((each) => each.files.map(({ path }) => path));
  const written = delivery?.by === "pull-request" ? ["pull request"] : files;
  return written.map((what) => `${repository}: ${what}`);
}

function isAnnounced({ changes, rules, warnings }: Announced, crossing: Crossing): boolean {
  const { check, repository, text } = crossing;
  const says = (words: string) =>
    warnings.some((each) => each.startsWith(`${repository}: `) && each.includes(words));
  switch (check) {
    case "files":
      // It waits for a merge, or a person declined it.
      return (
        says("declined") ||
        changes.some(
          (each) => each.repository === repository && each.delivery?.by === "pull-request",
        )
      );
    case "left":
      return says(/\S+:\d+/.exec(text)?.[0] ?? text);
    case "shadowed":
      return says("hides");
    case "package":
      return (
        says(text) ||
        rules.some(({ rule, subject }) => subject === repository && rule.startsWith("package-"))
      );
    default:
      return false;
  }
}
