import type { Node, YAMLMap } from "yaml";
import {
  actionLogins,
  foreignLogin,
  isGhcr,
  joinedLines,
  logsInByScript,
  mentions,
  textsInReach,
} from "./ghcr-logins.ts";
import { mayWritePackages } from "./may-write-packages.ts";
import { possibleValues } from "./possible-values.ts";
import { inputOf, isOn } from "./step-input.ts";
import {
  demandedBy,
  demandsFalsityOf,
  demandsTruthOf,
  refusedBy,
  soleExpression,
} from "./language/expressions.ts";
import { parseUses, runsAction } from "./language/uses.ts";
import type { Callee, Job, Step, Switch, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

/**
 * The jobs that publish to the registry, by what they do: they log in there, and either push something or
 * have a token that may. A job that only pulls does not count.
 */
export function publishersOf(workflow: Workflow): Job[] {
  return workflow.jobs.filter((job) => !job.uses && logsIn(workflow, job) && pushes(workflow, job));
}

/**
 * The jobs of a file that log in to publish; of an action, also where only its callers push, or say which
 * registry it is.
 */
export function loginJobsOf(workflow: Workflow): Job[] {
  return workflow.kind === "action"
    ? workflow.jobs.filter(
        (job) =>
          logsIn(workflow, job) ||
          actionLogins(workflow, job).some((step) => registryInput(workflow, step) !== undefined),
      )
    : publishersOf(workflow);
}

/** The input of an action that is the registry of a login. */
function registryInput(workflow: Workflow, step: Step): string | undefined {
  const registry = soleExpression(inputOf(workflow, step, "registry")) ?? "";
  return workflow.kind === "action" ? /^inputs\.([\w-]+)$/i.exec(registry)?.[1] : undefined;
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
    const { values, open } = possibleValues(workflow, job, step, registry);
    // No other registry takes the job's token.
    const isOwn = ownToken.test(inputOf(workflow, step, "password") ?? "");
    return (open && isOwn) || values.some((value) => isGhcr(value, workflow));
  });
}

const ownToken = /\$\{\{.*\b(?:secrets\.github_token|github\.token)\b/i;

/** Whether a job pushes something, or has a token that may, apart from what it calls. */
function pushes(workflow: Workflow, job: Job): boolean {
  const { yaml, root } = workflow;
  if (job.steps.some((step) => pushesImage(workflow, step) && !isElsewhere(workflow, job, step)))
    return true;
  // It is set up for a script that is not read.
  const isSetUp = job.steps.some((step) => runsAction(step, "ko-build/setup-ko"));
  if (isSetUp && !job.steps.some(({ run }) => /\bko\s/.test(run?.value ?? ""))) return true;
  // A script that the workflow calls may push, but only if the token or a secret may.
  const granted = yaml.at(job.node, "permissions");
  const isGranted = granted ?? yaml.at(root, "permissions");
  const isMeant = granted !== undefined || job.steps.some(({ run }) => runsFile(run?.value));
  if (isGranted && isMeant && mayWritePackages(yaml, root, job.node)) return true;
  if (onlyReads(workflow, job)) return false;
  return job.steps.some((step) => !isOff(workflow, step) && isNamedForPush(step));
}

/** Whether a script runs files or targets of the repository that are no tests. */
function runsFile(script: string | undefined): boolean {
  const lines = joinedLines(script).replaceAll(mentions, "").split("\n");
  return lines.some(
    (line) => ownProgram.test(line) && (isForImages.test(line) || !isForTests.test(line)),
  );
}

/** `./publish`, `bash scripts/mirror.sh`, `make images`; not a scanner that was unpacked here. */
const ownProgram =
  /(?:^|[\s;&|(])(?:\.{1,2}\/(?!(?:trivy|grype|syft)\b)\S+|[\w./-]+\.(?:sh|py|js|ts|rb)(?=[\s;&|)]|$)|(?:make|just|task|mage|rake)\s+[\w:-])/;
const isForImages = /push|publish|release|deploy|upload|image|docker|container/i;
const isForTests =
  /test|lint|check|e2e|verify|integration|unit|format|fmt|bench|coverage|scan|pull|install|start|generate|setup|clean|version/i;

/** Whether a script, or an action's name, has words for a push that is not seen itself. */
function isNamedForPush({ run, uses }: Step): boolean {
  const name = uses?.value.split("@")[0] ?? "";
  const script = run && joinedLines(run.value).replaceAll(mentions, "");
  const own = script ?? (parseUses(name).kind === "local" ? name : "");
  return /\b(?:push|publish|release|deploy)\b/i.test(own) || imagePush.test(own + name);
}

const nouns = "(?:image|docker|container|chart|registry|ghcr)";
const verbs = "(?:push|publish)";
/** `docker_push`, `pushImage`, `acme/publish-helm-chart` */
const imagePush = new RegExp(`${nouns}[\\w-]*${verbs}|${verbs}[\\w-]*${nouns}`, "i");

/** Whether a job says that its token reads packages, and logs in with nothing else. */
function onlyReads(workflow: Workflow, job: Job): boolean {
  const { yaml, root } = workflow;
  const permissions = yaml.at(job.node, "permissions") ?? yaml.at(root, "permissions");
  if (textOf(yaml.at(permissions, "packages")) !== "read") return false;
  const passwords = [
    ...actionLogins(workflow, job).map((step) => inputOf(workflow, step, "password") ?? ""),
    ...job.steps.flatMap((step) => foreignLogin(workflow, job, step)),
    ...job.steps
      .filter((step) => logsInByScript(workflow, job, step))
      .flatMap((step) => textsInReach(workflow, job, step)),
  ];
  const secrets = passwords.flatMap((text) => text.match(/\bsecrets\b\W+\w+/gi) ?? []);
  return secrets.every((secret) => /\WGITHUB_TOKEN$/i.test(secret));
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
    String.raw`\b(?:skopeo|oras|crane|regctl|cosign|regsync)\b.*\b(?:copy|cp|sync|append|mutate|attach|attest|sign|upload|import|put|publish)\b(?!-blob)`,
    String.raw`\b(?:oras|g?crane)\s+(?:tag|rebase|index)\b`,
    String.raw`\bgcrane\s+(?:cp|copy)\b`,
    String.raw`\bimagetools\s+create\b`,
    String.raw`\bnotation\b.*\bsign\b`,
    String.raw`\bko\s+(?:build|publish|apply|resolve|create)\b(?![^\n;&|]*\s(?:--local(?!=false)|-L|--push=false)(?:\s|=|$))`,
    String.raw`\bgoreleaser\b`,
    String.raw`\bpack\b.*--publish\b`,
    String.raw`\bjib\b|\bspring-boot:build-image\b|\bbootBuildImage\b`,
    String.raw`\bexecutor\b.*\s(?:-d|--destination)\b`,
    String.raw`\bwerf\s+(?:build|converge|bundle)\b`,
  ].join("|"),
);

/** Actions whose purpose is to write to a registry. */
const pushAction =
  /^(?:redhat-actions\/push-to-registry|goreleaser\/goreleaser-action|int128\/docker-manifest-create-action|macbre\/push-to-ghcr|elgohr\/publish-docker-github-action|mr-smithers-excellent\/docker-build-push|whoan\/docker-build-with-cache-action|blue-build\/github-action|appleboy\/drone-kaniko|cloudposse\/github-action-docker-build-push|appany\/helm-oci-chart-releaser|aevea\/action-kaniko|bcgov\/action-builder-ghcr|benfrisbie\/docker-tag-build-push-action|devcontainers\/action)$/i;

/** `kubecfg pack`, `gooci upload`: only the reference shows that it goes to a registry. */
const packs = /(?:^|[\s;&|(])[\w./-]+\s+(?:pack|upload)\s[^\n;&|]*/g;

function pushesImage(workflow: Workflow, step: Step): boolean {
  const script = joinedLines(step.run?.value);
  if (pushCommand.test(script)) return true;
  if (script.match(packs)?.some((command) => isGhcr(command, workflow))) return true;
  const uses = parseUses(step.uses?.value ?? "");
  if (uses.kind === "action" && pushAction.test(uses.repository)) return !isOff(workflow, step);
  // It pushes unless it is told not to, or the image has no name.
  if (runsAction(step, "devcontainers/ci"))
    return !isOff(workflow, step) && inputOf(workflow, step, "imageName") !== undefined;
  if (["push", "publish", "push-to-registry"].some((name) => isOn(inputOf(workflow, step, name))))
    return true;
  return ["outputs", "set"].some((name) =>
    /push=(?:true|\$\{\{)|type=registry|output=.*registry/.test(
      inputOf(workflow, step, name) ?? "",
    ),
  );
}

function isOff(workflow: Workflow, step: Step): boolean {
  return ["push", "push_image_and_stages"].some((name) =>
    /^(?:false|never)$/.test(inputOf(workflow, step, name) ?? ""),
  );
}

/** Actions whose `tags` are whole references, and not only what stands behind the colon. */
const takesReferences = /^(?:docker|depot|useblacksmith)\/build-push-action$/i;

/** Their inputs that say where something goes; the last two are of docker/build-push-action@v1. */
const destinations = ["tags", "outputs", "cache-to", "registry", "repository"];

/** Whether a step names its images, and all of them are in other registries. */
function isElsewhere(workflow: Workflow, job: Job, step: Step): boolean {
  const uses = parseUses(step.uses?.value ?? "");
  if (uses.kind !== "action" || !takesReferences.test(uses.repository)) return false;
  if (!inputOf(workflow, step, "tags")?.trim()) return false;
  const mayBeHere = (line: string) => {
    const text = metadataOf(workflow, job, line) ?? line;
    const { values, open } = possibleValues(workflow, job, step, text);
    return open || [text, ...values].some((each) => isGhcr(each, workflow));
  };
  return !destinations
    .flatMap((name) => (inputOf(workflow, step, name) ?? "").split("\n"))
    .some(mayBeHere);
}

/** What docker/metadata-action is given, where a text is its output. */
function metadataOf(workflow: Workflow, { steps }: Job, text: string): string | undefined {
  const [, id] = /^steps\.([\w-]+)\.outputs\.tags$/.exec(soleExpression(text) ?? "") ?? [];
  const step = steps.find(
    (each) =>
      runsAction(each, "docker/metadata-action") &&
      textOf(workflow.yaml.at(each.node, "id")) === id,
  );
  return step && inputOf(workflow, step, "images");
}

/** A job or a step that runs a file of the same repository. */
export interface LocalCall {
  /** ".github/workflows/publish.yml"; of an action, its folder. */
  readonly path: string;
  readonly job: Job;
  readonly line: number;
  /** The secrets that the job passes, or the inputs that the step gives. */
  readonly given: Node | undefined;
  readonly inputs: Node | undefined;
  /** The job or the step. */
  readonly node: YAMLMap;
}

/**
 * The jobs that call a workflow of the same repository, and the steps that run an action of it.
 * https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#calling-a-reusable-workflow
 */
export function localCallsOf({ yaml, jobs }: Workflow): LocalCall[] {
  return jobs.flatMap((job) => {
    const callers = [
      { ...job, given: yaml.at(job.node, "secrets"), folder: "workflows" },
      ...job.steps.map((step) => ({
        ...step,
        given: yaml.at(step.node, "with"),
        folder: "actions",
      })),
    ];
    return callers.flatMap(({ node, uses, line, given, folder }) => {
      const inputs = yaml.at(node, "with");
      const [, path] =
        /^[.$]\/(\.github\/(?:workflows\/[^/]+|actions\/.*[^/]))\/?$/.exec(uses?.value ?? "") ?? [];
      return path?.startsWith(`.github/${folder}/`)
        ? [{ path, job, line, given, inputs, node }]
        : [];
    });
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

/** The inputs of a called file with which its logins do not run, or it pushes nothing, a list for each login. */
export function switchesOf(workflow: Workflow): Switch[][] {
  const { kind, yaml, root, triggers } = workflow;
  const declared =
    kind === "action"
      ? yaml.at(root, "inputs")
      : yaml.at(triggers.get("workflow_call")?.settings, "inputs");
  const inputs = yaml.entries(declared).map(({ key, value }) => {
    // Whatever an action is given is a text.
    const isBoolean = kind !== "action" && textOf(yaml.at(value, "type")) === "boolean";
    return { name: key, preset: textOf(yaml.at(value, "default")) ?? "", isBoolean };
  });
  const demanded = (conditions: readonly string[]) =>
    inputs.flatMap(({ name, preset, isBoolean }): Switch[] => {
      const path = `inputs.${name}`;
      const isAny = (demands: (condition: string) => boolean) => conditions.some(demands);
      const isTrue = isAny((each) => demandedBy(path, each) === "true");
      if (isTrue || isAny((each) => refusedBy(path, each).includes("false")))
        return [{ name, preset, isOffWith: "false" }];
      if (isAny((each) => demandsTruthOf(path, each)))
        return [{ name, preset, isOffWith: isBoolean ? "false" : "" }];
      const isFalse = isAny((each) => demandedBy(path, each) === "false");
      if (isFalse || isAny((each) => refusedBy(path, each).includes("true")))
        return [{ name, preset, isOffWith: "true" }];
      return isAny((each) => demandsFalsityOf(path, each))
        ? [{ name, preset, isOffWith: isBoolean ? "true" : "any" }]
        : [];
    });
  const conditionOf = (text = "true") => soleExpression(text) ?? text;
  const ifOf = ({ node }: Job | Step) => conditionOf(textOf(yaml.at(node, "if")));
  return loginJobsOf(workflow).flatMap((job) => {
    const pushing = job.steps.filter((step) => pushesImage(workflow, step));
    const [first = [], ...others] = pushing.map((step) =>
      demanded([ifOf(step), conditionOf(inputOf(workflow, step, "push"))]),
    );
    const ofPushes = first.filter(({ name, isOffWith }) =>
      others.every((each) =>
        each.some((other) => other.name === name && other.isOffWith === isOffWith),
      ),
    );
    return loginSteps(workflow, job).map((step) => [
      ...demanded([ifOf(job), ifOf(step)]),
      ...ofPushes,
      ...inputs
        .filter(({ name }) => name === registryInput(workflow, step))
        .map(({ name, preset }) => ({ name, preset, isOffWith: "other registry" }) as const),
    ]);
  });
}

/** The steps of a job that log in, in whatever way. */
function loginSteps(workflow: Workflow, job: Job): Step[] {
  const ofActions = actionLogins(workflow, job);
  return job.steps.filter(
    (step) =>
      ofActions.includes(step) ||
      logsInByScript(workflow, job, step) ||
      foreignLogin(workflow, job, step).length > 0,
  );
}

/** Whether a called file publishes, or logs in for the job that calls it, which pushes. */
export function isForPush(
  workflow: Workflow,
  { job }: LocalCall,
  { publishes, logsIn: isLogin }: Pick<Callee, "publishes" | "logsIn">,
): boolean {
  return publishes || (isLogin && pushes(workflow, job));
}

/** Whether none of the logins of a called file runs with the inputs that a call gives. */
export function isIdle(
  workflow: Workflow,
  { inputs, job, node }: LocalCall,
  { switches }: Pick<Callee, "switches">,
): boolean {
  const isOff = ({ name, preset, isOffWith }: Switch) => {
    const text = textOf(workflow.yaml.find(inputs, name)) ?? preset;
    if (isOffWith === "other registry") {
      const { values } = possibleValues(workflow, job, { node }, text);
      return !values.some((value) => isGhcr(value, workflow));
    }
    // Only the run knows what an expression gives.
    if (isOffWith === "any") return text !== "" && !text.includes("${{");
    if (isOffWith === "true") return text.toLowerCase() === "true";
    return isOffWith === "false" ? !isOn(text) : text === "";
  };
  return switches.length > 0 && switches.every((each) => each.some(isOff));
}
