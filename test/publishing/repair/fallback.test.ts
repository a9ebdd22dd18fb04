import { expect, test } from "vitest";
import { login, repaired, workflow } from "../workflow-text.ts";

/** The lines after the login, and the reports. */
function fallback(...env: string[]) {
  const steps = login.map((line) => line.replace("github.actor", "env.NAME"));
  const before = workflow({ steps: [...steps, ...env] });
  const { edits, unresolved } = repaired(before, { deadPatFallback: true });
  const added = edits.filter(({ kind }) => kind === "fallback").at(-1)?.after ?? "";
  return {
    added: added.split("\n").map((line) => line.slice("      ".length)),
    reasons: unresolved.map(({ reason }) => reason),
  };
}

test("the second login has the variables that the inputs of the first one read", () => {
  expect(fallback("  env:", "    NAME: bot # of ours", "    B: '2'")).toEqual({
    added: [
      "- name: Log in with the job's own token",
      "  if: steps.ghcr-login.outcome == 'failure'",
      "  uses: docker/login-action@v3",
      "  env:",
      "    NAME: bot",
      "    B: '2'",
      "  with:",
      "    registry: ghcr.io",
      "    username: ${{ env.NAME }}",
      "    password: ${{ secrets.GITHUB_TOKEN }}",
    ],
    reasons: [],
  });
  expect(fallback().added).not.toContain("  env:");
});

test("a variable that cannot be copied leaves the second login to a person", () => {
  expect(fallback("  env:", "    NAME: |", "      bot").reasons).toEqual([
    "a second login, for a token that has expired, cannot be added behind this one",
  ]);
});
