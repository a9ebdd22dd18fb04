import { checkWorkflows } from "../../../policy/check.ts";
import { now } from "../run-policy.ts";

/** The lines on which a rule finds something, in a file that people write. */
export async function linesOf(rule: string, text: string, path = "other.yml"): Promise<number[]> {
  return found(rule, text, path, false);
}

/** The same in a file that the fleet writes. */
export async function linesOfManaged(rule: string, text: string, path: string): Promise<number[]> {
  return found(rule, text, path, true);
}

async function found(rule: string, text: string, path: string, managed: boolean) {
  const files = [{ path: `.github/workflows/${path}`, text }];
  const findings = await checkWorkflows(files, { now, managed, repository: "acme/api" });
  return findings.filter((finding) => finding.rule.id === rule).map(({ line }) => line);
}

/** A workflow of one job, whose steps begin on line 6. */
export function job(...steps: string[]): string {
  return [
    "on: { push: { branches: [main] } }",
    "jobs:",
    "  a:",
    "    runs-on: ubuntu-24.04",
    "    steps:",
    ...steps.map((line) => `      ${line}`),
    "",
  ].join("\n");
}

/** The credential that a login should use, and one that it should not. */
export const wanted = "${{ secrets.GHCR_PAT || secrets.GITHUB_TOKEN }}";
export const own = "${{ secrets.GITHUB_TOKEN }}";
export const login = (password: string) =>
  `- uses: docker/login-action@v3\n        with: { registry: ghcr.io, username: me, password: "${password}" }`;
export const push = "- run: docker push ghcr.io/acme/api";
