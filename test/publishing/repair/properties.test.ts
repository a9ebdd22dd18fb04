import {
  convertWorkflowTemplate,
  NoOperationTraceWriter,
  parseWorkflow,
} from "@actions/workflow-parser";
import fc from "fast-check";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { isRight } from "../../../src/publishing/read/credential.ts";
import { soleExpression } from "../../../src/publishing/read/expressions.ts";
import "../../support/property-seed.ts";
import { login, path, repaired, wanted, workflow } from "../workflow-text.ts";

const passwords = [
  "${{ secrets.GITHUB_TOKEN }}",
  '"${{ github.token }}"',
  "'${{secrets.GHCR_PAT}}' # of a person",
  "${{ secrets.GITHUB_TOKEN || secrets.GHCR_PAT }}",
  `${wanted}   # right`,
  "&pw ${{ github.token }}",
];
const blocks = [
  ["permissions: { contents: read }"],
  ["permissions: {}"],
  ["permissions:", "    contents: read   # to check out", "", "# next"],
  ["permissions:", "  packages: read", "  contents: read"],
  ["permissions: write-all"],
  [],
];
const events = [
  "on: push",
  '"on": { push: { branches: [main] } }',
  "on: [push, workflow_call]",
  "on:\n  workflow_call:\n    secrets: { NPM: { required: true } }",
];
const others = [
  ["- run: |", "    make test  # all", "", "    echo done"],
  ["- { uses: actions/checkout@v4 }"],
];

/** Workflows that publish, written in many ways. */
const workflows = fc
  .record({
    on: fc.constantFrom(...events),
    top: fc.constantFrom(...blocks),
    job: fc.constantFrom(...blocks.map((lines) => lines.filter((line) => !line.startsWith("#")))),
    password: fc.constantFrom(...passwords),
    other: fc.subarray(others),
    form: fc.constantFrom("plain", "crlf", "bom", "unfinished"),
  })
  .map(({ on, top, job, password, other, form }) => {
    const steps = login.map((line) => line.replace("${{ secrets.GITHUB_TOKEN }}", () => password));
    const text = workflow({ on, top, job, steps: [...other.flat(), ...steps] });
    if (form === "crlf") return text.replaceAll("\n", "\r\n");
    if (form === "bom") return `\uFEFF${text}`;
    return form === "unfinished" ? text.trimEnd() : text;
  });

async function problems(content: string): Promise<string[]> {
  const trace = new NoOperationTraceWriter();
  const { context, value } = parseWorkflow(
    { name: path, content: content.replace(/^\uFEFF/, "") },
    trace,
  );
  if (value) await convertWorkflowTemplate(context, value);
  return context.errors.getErrors().map(({ rawMessage }) => rawMessage);
}

/** A parsed file without what repair owns. */
function foreign(text: string): unknown {
  return JSON.parse(
    JSON.stringify(parse(text), (key, value: unknown) => {
      if (key === "password" || key === "packages" || key === "GHCR_PAT") return undefined;
      if (key === "on" || key === "secrets") return undefined;
      return key === "permissions" && value === null ? {} : value;
    }),
  );
}

test("a repaired file parses for GitHub, differs in owned places only, and needs no repair", async () => {
  await fc.assert(
    fc.asyncProperty(workflows, async (before) => {
      const { text, edits } = repaired(before);
      expect(await problems(text)).toEqual(await problems(before));
      expect(foreign(text)).toEqual(foreign(before));
      expect(repaired(text)).toMatchObject({ text, edits: [] });
      const kept = text.split("\n").filter((line) => before.split("\n").includes(line)).length;
      const touched = edits.reduce(
        (sum, edit) => sum + (edit.before === "" ? 0 : edit.before.split("\n").length),
        0,
      );
      expect(kept).toBeGreaterThanOrEqual(before.split("\n").length - touched - 1);
    }),
  );
});

test("the password is the secret if it exists, else the job's token", () => {
  fc.assert(
    fc.property(workflows, (before) => {
      const { text } = repaired(before);
      const { jobs } = parse(text);
      const { with: inputs } = jobs.image.steps.find(({ uses }: { uses?: string }) =>
        uses?.startsWith("docker/"),
      );
      const { expression = "" } = soleExpression(inputs.password) ?? {};
      expect(isRight(expression, { secret: "GHCR_PAT", replaced: [] })).toBe(true);
    }),
  );
});
