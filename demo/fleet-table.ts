import colors from "picocolors";

/** What the stack exports, as `pulumi stack output --json` prints it. */
export interface StackOutputs {
  repositories: Record<
    string,
    {
      image: string;
      branch: string;
      secret: string;
      commit?: string;
      replaced?: Record<string, string>;
    }
  >;
  skipped: Record<string, string>;
  token: { owner: string; scopes: string[]; expiresAt: string; daysLeft: number };
}

/** One line for each repository: what it publishes, from where, and what `up` did to its files. */
export function fleetTable(outputs: StackOutputs) {
  const managed = Object.entries(outputs.repositories).map(([name, repository]) => [
    name,
    repository.image,
    repository.branch,
    describeFiles(repository),
    colors.green(repository.secret),
  ]);
  const skipped = Object.entries(outputs.skipped).map(([name, reason]) => [
    colors.dim(name),
    colors.dim(`left out, ${reason}`),
  ]);
  return {
    header: ["repository", "image", "branch", "ci.yml and release.yml", "credential"],
    rows: [...managed, ...skipped],
  };
}

function describeFiles({ commit, replaced }: StackOutputs["repositories"][string]): string {
  if (!commit) return "were right already";
  const at = `commit ${commit.slice(0, 7)}`;
  const names = Object.keys(replaced ?? {}).map((path) => path.split("/").at(-1));
  if (names.length === 0) return at;
  return `${at}, ${colors.yellow(`replaced a hand-written ${names.join(" and ")}`)}`;
}
