import type { WorkflowRule } from "../model/rule.ts";
import { safeToPrint } from "../workflow/safe-to-print.ts";
import { allowListOf, pinPattern, type ActionPin } from "../workflow/action-pins.ts";
import { parseUses, type Uses } from "../workflow/language/uses.ts";
import type { Workflow } from "../workflow/workflow.ts";
import type { Scalar } from "yaml";

interface PinThresholds {
  readonly allowed: readonly string[];
  readonly ownWorkflows: readonly string[];
}

/** A tag can be moved to other code, a commit cannot. */
export const workflowPinned: WorkflowRule<PinThresholds> = {
  kind: "workflow",
  id: "workflow-pinned",
  asks: "owner",
  isStyle: true,
  level: "mandatory",
  severity: "high",
  description:
    "Every action is pinned to a full commit from the allow-list, with its version as comment.",
  remediation:
    "Write owner/action@<commit> # <version>; put the pin of a further action into this rule's configuration (allowed).",
  source:
    "https://docs.github.com/en/actions/reference/security/secure-use#using-third-party-actions",
  sees: "Every workflow file, and the actions in .github/actions. Later versions of the templates' actions count as allowed where the provider found them to be the commit of their tag. Reusable workflows of the repository's own owner may follow a branch; the owner is known for files that the fleet manages, or from ownWorkflows.",
  thresholds: {
    properties: {
      allowed: {
        type: "array",
        items: { type: "string", pattern: pinPattern },
        default: [],
        description:
          'Further pins, such as "actions/setup-node@<40 hex digits> # v6.1.0". They take precedence over the built-in list.',
      },
      ownWorkflows: {
        type: "array",
        items: { type: "string", pattern: "^[\\w.-]+/[\\w.-]+$" },
        default: [],
        description: "Repositories of reusable workflows that may be followed by branch or tag.",
      },
    },
  },
  *judge(workflow, thresholds) {
    for (const uses of usesOf(workflow)) {
      const must = judgeUses(workflow, uses, thresholds);
      if (must !== undefined) yield { line: workflow.lineOf(uses), must };
    }
  },
  remediate(workflow, { allowed }) {
    const allowList = allowListOf(allowed, workflow.newerPins);
    for (const scalar of usesOf(workflow)) {
      const uses = parseUses(scalar.value);
      const pin = uses.kind === "action" ? allowList[uses.repository.toLowerCase()] : undefined;
      if (!pin) continue;
      const { rest } = commentOf(workflow, scalar);
      scalar.value = scalar.value.replace(/@.*$/, `@${pin.sha}`);
      scalar.comment = ` ${[pin.version, rest].join(" ").trim()}`;
    }
  },
};

function usesOf({ jobs }: Workflow): Scalar<string>[] {
  return jobs
    .flatMap((job) => [job.uses, ...job.steps.map((step) => step.uses)])
    .filter((uses) => uses !== undefined);
}

function judgeUses(
  workflow: Workflow,
  scalar: Scalar<string>,
  { allowed, ownWorkflows }: PinThresholds,
): string | undefined {
  const uses = parseUses(scalar.value);
  switch (uses.kind) {
    case "local":
      return undefined;
    case "image":
      return uses.digest ? undefined : "pin images to their digest";
    case "unreadable":
      return "use actions as owner/action@commit";
    case "workflow":
      return isOwn(workflow, uses, ownWorkflows)
        ? undefined
        : judgePin(workflow, uses, scalar, `the workflow ${nameOf(uses)}`);
    case "action":
      return judgeAction(
        workflow,
        uses,
        scalar,
        allowListOf(allowed, workflow.newerPins)[uses.repository.toLowerCase()],
      );
  }
}

type Remote = Extract<Uses, { repository: string }>;

function judgeAction(
  workflow: Workflow,
  uses: Remote,
  scalar: Scalar<string>,
  pin: ActionPin | undefined,
): string | undefined {
  const name = nameOf(uses);
  if (pin && isCommit(uses) && uses.ref !== pin.sha)
    return `pin ${name} as ${pin.sha} # ${pin.version}: it is pinned, to a commit that is not on the allow-list`;
  if (pin && (uses.ref !== pin.sha || commentOf(workflow, scalar).version !== pin.version))
    return `pin ${name} as ${pin.sha} # ${pin.version}`;
  if (pin) return undefined;
  return (
    judgePin(workflow, uses, scalar, name) ??
    `use only actions of the allow-list: ${name} is pinned, and not on it`
  );
}

function judgePin(
  workflow: Workflow,
  uses: Remote,
  scalar: Scalar<string>,
  name: string,
): string | undefined {
  if (!isCommit(uses)) return `pin ${name} to a full commit, with its version as comment`;
  return commentOf(workflow, scalar).version === undefined
    ? `have the version of ${name} as comment after its commit`
    : undefined;
}

function isOwn({ owner }: Workflow, uses: Remote, own: readonly string[]): boolean {
  const listed = own.some((each) => each.toLowerCase() === uses.repository.toLowerCase());
  return listed || owner?.toLowerCase() === uses.owner.toLowerCase();
}

function isCommit({ ref }: Remote): boolean {
  return /^[0-9a-f]{40}$/.test(ref);
}

/**
 * "v7.0.1", which Renovate may write as "tag=v7.0.1", and the rest of the comment, which may follow the
 * step's last bracket.
 */
function commentOf(
  { text }: Workflow,
  { comment, range }: Scalar,
): { version: string | undefined; rest: string } {
  const line = text.slice(range?.[1]).split("\n", 1)[0] ?? "";
  const said = (comment ?? /\}\s+#([^"'{}]*)$/.exec(line)?.[1] ?? "").trim();
  const [named = "", version] = /^(?:tag=|version: *)?(v?\d[\w.+-]*)/.exec(said) ?? [];
  return { version, rest: said.slice(named.length).trim() };
}

function nameOf({ repository }: Remote): string {
  return safeToPrint(repository) ?? "this action";
}
