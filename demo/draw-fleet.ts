import { colors } from "../src/cli/terminal/colors.ts";
import type { Simulator } from "github-simulator";

/** What the stack exports, as `pulumi stack output --json` prints it. */
export interface StackOutputs {
  repositories: Record<string, RepositoryOutput>;
  skipped: Record<string, string>;
  token: { owner: string; scopes: string[]; expiresAt: string; daysLeft: number };
}

interface RepositoryOutput {
  images: string[];
  branch: string;
  commit?: string;
  replaced?: Record<string, string>;
  package: {
    subject: string;
    state: "ok" | "pending" | "manual" | "problem" | "unknown";
    text: string;
  }[];
}

/** One line for each repository: what `up` did to its files, and the images that have arrived since. */
export function drawFleet(outputs: StackOutputs, { registry }: Simulator) {
  const tagsOf = (image: string) => {
    const found = [...registry.store.packages.values()].find(
      ({ owner, name }) => `ghcr.io/${owner}/${name}`.toLowerCase() === image,
    );
    return [...(found?.tags.keys() ?? [])].filter((tag) => !tag.startsWith("sha"));
  };
  const managed = Object.entries(outputs.repositories).map(([name, repository]) => [
    name,
    describeFiles(repository),
    describePackage(repository),
    repository.images
      .map((image) => `${withoutOwner(image)}:${colors.green(tagsOf(image).join(", "))}`)
      .join(" "),
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

function describeFiles({ commit, replaced }: RepositoryOutput): string {
  if (!commit) return "right already";
  const names = Object.keys(replaced ?? {}).map((path) => path.split("/").at(-1));
  if (names.length === 0) return `commit ${commit.slice(0, 7)}`;
  return colors.yellow(`replaced ${names.join(" and ")}`);
}

/** `web` of `ghcr.io/acme/web`. */
function withoutOwner(image: string): string {
  return image.split("/").slice(2).join("/");
}

function describePackage({ package: findings }: RepositoryOutput): string {
  const open = findings.filter(({ state }) => state !== "ok");
  if (open.length > 0)
    return colors.yellow(open.map(({ subject, state }) => `${subject}: ${state}`).join(", "));
  return findings.map(({ subject }) => subject).join(", ");
}
