import { actionLogins, foreignLogin, isGhcr, joinedLines, logsInByScript } from "./ghcr-logins.ts";
import { mayWritePackages } from "./may-write-packages.ts";
import { possibleValues } from "./possible-values.ts";
import { inputOf, isOn } from "./step-input.ts";
import { parseUses } from "./language/uses.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

/**
 * The jobs that publish to the registry, by what they do: they log in there, and either push something or
 * have a token that may. A job that only pulls does not count.
 */
export function publishersOf(workflow: Workflow): Job[] {
  return workflow.jobs.filter((job) => !job.uses && logsIn(workflow, job) && pushes(workflow, job));
}

function logsIn(workflow: Workflow, job: Job): boolean {
  return (
    surelyLogsIn(workflow, job) ||
    job.steps.some(
      (step) => logsInByScript(workflow, job, step) || foreignLogin(workflow, job, step).length > 0,
    )
  );
}

function surelyLogsIn(workflow: Workflow, job: Job): boolean {
  return actionLogins(workflow, job).some((step) => {
    const registry = inputOf(workflow, step, "registry") ?? "";
    return possibleValues(workflow, job, step, registry).values.some((value) =>
      isGhcr(value, workflow),
    );
  });
}

function pushes(workflow: Workflow, job: Job): boolean {
  const { yaml, root } = workflow;
  if (job.steps.some((step) => pushesImage(workflow, step))) return true;
  // A script that the workflow calls may push, but only if the token or a secret may.
  const granted = yaml.at(job.node, "permissions");
  if (granted && mayWritePackages(yaml, root, job.node)) return true;
  return job.steps.some(({ run }) => /\b(?:push|publish|release|deploy)\b/i.test(run?.value ?? ""));
}

/**
 * Commands that write to a registry. https://docs.docker.com/reference/cli/docker/buildx/build/ and the
 * manuals of the clients named.
 */
const pushCommand = new RegExp(
  [
    String.raw`\b(?:docker|podman|nerdctl|finch|buildah|helm|oras|crane|flux|melange|apko)\b.*\bpush\b`,
    String.raw`--push\b`,
    String.raw`\btype=registry\b`,
    String.raw`\b(?:skopeo|oras|crane|regctl|cosign|regsync)\b.*\b(?:copy|cp|sync|append|mutate|attach|attest|sign|upload|import|put|publish)\b`,
    String.raw`\bimagetools\s+create\b`,
    String.raw`\bnotation\b.*\bsign\b`,
    String.raw`\bko\s+(?:build|publish|apply|resolve|create)\b`,
    String.raw`\bgoreleaser\b`,
    String.raw`--publish\b`,
    String.raw`\bjib\b|\bspring-boot:build-image\b|\bbootBuildImage\b`,
    String.raw`\bexecutor\b.*--destination\b`,
  ].join("|"),
);

/** Actions whose purpose is to write to a registry. */
const pushAction =
  /^(?:redhat-actions\/push-to-registry|goreleaser\/goreleaser-action|ko-build\/setup-ko|int128\/docker-manifest-create-action|macbre\/push-to-ghcr|elgohr\/publish-docker-github-action|appleboy\/drone-kaniko|aevea\/action-kaniko)$/i;

function pushesImage(workflow: Workflow, step: Step): boolean {
  if (pushCommand.test(joinedLines(step.run?.value))) return true;
  const uses = parseUses(step.uses?.value ?? "");
  if (uses.kind === "action" && pushAction.test(uses.repository)) return true;
  if (["push", "publish", "push-to-registry"].some((name) => isOn(inputOf(workflow, step, name))))
    return true;
  return ["outputs", "set"].some((name) =>
    /push=(?:true|\$\{\{)|type=registry|output=.*registry/.test(
      inputOf(workflow, step, name) ?? "",
    ),
  );
}

/**
 * The jobs that call a workflow of the same repository, by the path of that file.
 * https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#calling-a-reusable-workflow
 */
export function localCallsOf({ jobs }: Workflow): { job: Job; path: string }[] {
  return jobs.flatMap((job) => {
    const [, path] = /^[.$]\/(\.github\/workflows\/[^/]+)$/.exec(job.uses?.value ?? "") ?? [];
    return path === undefined ? [] : [{ job, path }];
  });
}

/** The names of the secrets that a reusable workflow declares. */
export function declaredSecrets({ yaml, triggers }: Workflow): string[] {
  const call = triggers.get("workflow_call");
  return yaml.entries(yaml.at(call?.settings, "secrets")).map(({ key }) => key);
}

/** Whether a job passes every secret to the workflow that it calls. */
export function inheritsSecrets({ yaml }: Workflow, { node }: Job): boolean {
  return textOf(yaml.at(node, "secrets")) === "inherit";
}
