import { expect, test } from "vitest";
import { workflowRules } from "../../policy/check.ts";
import { change, ci, ciPath, workflowFiles } from "./cases/workflow-programs.ts";
import { runPolicy, unknownValue } from "./run-policy.ts";

const text = change(ci, "persist-credentials: false", "persist-credentials: true");

/** The rules that stay open, and those with findings, if a property is not known. */
async function outcomesWithout(key: "owner" | "repository" | "branch") {
  const files = workflowFiles({ [ciPath]: text });
  const resources = [{ ...files, props: { ...files.props, [key]: unknownValue } }];
  const outcomes = await Promise.all(
    workflowRules.map(async (rule) => ({ id: rule.id, ...(await runPolicy(rule, { resources })) })),
  );
  const ids = (of: "unknown" | "violations") =>
    outcomes.filter((outcome) => outcome[of].length > 0).map(({ id }) => id);
  return { open: ids("unknown"), broken: ids("violations") };
}

test.each([
  ["branch", ["workflow-triggers"]],
  ["owner", ["workflow-pinned"]],
  ["repository", []],
] as const)(
  "what is not known of a file's place leaves open what asks for it: %s",
  async (key, open) => {
    expect(await outcomesWithout(key)).toEqual({
      open,
      broken: ["workflow-no-persisted-credentials"],
    });
  },
);
