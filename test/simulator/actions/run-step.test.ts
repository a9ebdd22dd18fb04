import { describe, expect, it } from "vitest";
import { createWorld, logOf } from "./world.ts";

describe("a run step", () => {
  it("runs in a real bash with what the workflow says, and is logged", async () => {
    const run = await createWorld().runWorkflow(`
name: CI
on: push
env: { GREETING: hello }
jobs:
  build:
    runs-on: ubuntu-24.04
    env: { WHO: "\${{ github.repository_owner }}" }
    steps:
      - run: echo "$GREETING $WHO at $GITHUB_REF_NAME"
      - name: Shell
        shell: bash
        run: |
          set -o | grep pipefail
          echo "\${{ github.sha }}"
`);
    expect(run.conclusion).toBe("success");
    const log = logOf(run);
    expect(log).toContain("hello acme at main");
    expect(log).toMatch(/pipefail\s+on/);
    expect(log).toContain(run.event.sha);
  });
});
