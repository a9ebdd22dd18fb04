import { colors } from "../src/cli/terminal/colors.ts";
import type { Simulator } from "github-simulator";
import type { Words } from "../src/report/tone.ts";
import type { WrittenReport } from "./write-report.ts";

/** What the stack exports, as `pulumi stack output --json` prints it. */
export interface StackOutputs {
  repositories: Record<string, RepositoryOutput>;
  skipped: Record<string, string>;
  token: { owner: string; scopes: string[]; expiresAt: string; daysLeft: number };
}

interface RepositoryOutput {
  images: string[];
  branch: string;
  workflows: "repair" | "template" | "none";
  commit?: string;
  /** What a repair leaves to a person. */
  unresolved?: object[];
  replaced?: Record<string, string>;
}

/**
 * One line for each repository: what `up` did to its files, what the report says about its package, and the images
 * that have arrived since.
 */
export function drawFleet(
  outputs: StackOutputs,
  { packages }: Pick<WrittenReport, "packages">,
  { registry }: Simulator,
) {
  const tagsOf = (image: string) => {
    const found = [...registry.store.packages.values()].find(
      ({ owner, name }) => `ghcr.io/${owner}/${name}`.toLowerCase() === image,
    );
    return [...(found?.tags.keys() ?? [])].filter((tag) => !/^(?:sha|ghcr-fleet)/.test(tag));
  };
  const managed = Object.entries(outputs.repositories).map(([name, repository]) => [
    name,
    describeFiles(repository),
    describePackage(packages.get(name)),
    describeImages(repository.images, tagsOf),
  ]);
  const skipped = Object.entries(outputs.skipped).map(([name, reason]) => [
    colors.dim(name),
    colors.dim(reason.split(":")[0] ?? reason),
    colors.dim("left out"),
  ]);
  return {
    header: ["repository", "workflow files", "package", "images in ghcr.io/acme"],
    rows: [...managed, ...skipped],
  };
}

function describeFiles({ workflows, commit, unresolved = [], replaced }: RepositoryOutput): string {
  if (workflows === "repair" && (commit || unresolved.length > 0)) {
    const left = unresolved.length > 0 ? [colors.yellow(`${unresolved.length} left`)] : [];
    return [...(commit ? [colors.green("repaired")] : []), ...left].join(", ");
  }
  if (!commit) return "right already";
  const names = Object.keys(replaced ?? {}).map((path) => path.split("/").at(-1));
  if (names.length === 0) return `commit ${commit.slice(0, 7)}`;
  return colors.yellow(`replaced ${names.join(" and ")}`);
}

/** The first image, and how many more there are. */
function describeImages(
  images: readonly string[],
  tagsOf: (image: string) => readonly string[],
): string {
  const [first, ...more] = images.filter((image) => tagsOf(image).length > 0);
  if (first === undefined) return colors.dim("none yet");
  const others = more.length > 0 ? ` +${more.length}` : "";
  return `${withoutOwner(first)}:${colors.green(tagsOf(first).join(", "))}${others}`;
}

/** `web` of `ghcr.io/acme/web`. */
function withoutOwner(image: string): string {
  return image.split("/").slice(2).join("/");
}

function describePackage({ text, tone }: Words = { text: "unknown", tone: "warn" }): string {
  return tone === "good" || tone === "quiet" ? text : colors.yellow(text);
}
