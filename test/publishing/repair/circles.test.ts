import { expect, test } from "vitest";
import { repairWorkflows } from "../../../src/publishing/repair-workflows.ts";
import { path, wanted } from "../workflow-text.ts";

test("a variable that is set to itself is reported", () => {
  const text = [
    ...["on: push", "permissions: { packages: write }", "jobs:", "  publish:"],
    ...["    runs-on: ubuntu-latest", "    env:", "      TOKEN: ${{ github.token }}", "    steps:"],
    "      - run: docker login -u me -p $TOKEN ghcr.io && docker push ghcr.io/me/app",
    ...["        env:", "          TOKEN: ${{ env.TOKEN }}", ""],
  ].join("\n");
  const [file] = repairWorkflows({ [path]: text });
  expect(file?.unresolved).toEqual([
    { line: 11, reason: "the password is only known in the run", fix: `TOKEN: ${wanted}` },
  ]);
});

test("a workflow that calls itself is repaired as others: GitHub refuses its runs, and no other file suffers", () => {
  const text = [
    ...["on: { workflow_call: {} }", "jobs:"],
    ...["  again:", "    permissions: { contents: read }"],
    ...[`    uses: ./${path}`, "  publish:", "    runs-on: ubuntu-latest"],
    ...["    permissions: { contents: read }", "    steps:"],
    "      - run: docker login -u me -p ${{ github.token }} ghcr.io && docker push ghcr.io/me/app",
    "",
  ].join("\n");
  const [file] = repairWorkflows({ [path]: text });
  expect(file?.text).toContain(`-p ${wanted} ghcr.io`);
});

test("a secret that goes round in calls is reported", () => {
  const text = [
    ...["on: { workflow_call: { secrets: { token: { required: true } } } }", "jobs:"],
    ...["  again:", `    uses: ./${path}`],
    ...["    secrets:", "      token: ${{ secrets.token }}"],
    ...["  publish:", "    runs-on: ubuntu-latest", "    permissions: { packages: write }"],
    "    steps:",
    "      - run: docker login -u me -p ${{ secrets.token }} ghcr.io && docker push ghcr.io/me/app",
    "",
  ].join("\n");
  const [file] = repairWorkflows({ [path]: text });
  expect(file?.unresolved).toEqual([
    { line: 6, reason: "the password is only known in the run", fix: `token: ${wanted}` },
  ]);
});
