import type { Node } from "yaml";
import { literal } from "./language/literal.ts";
import { possibleValues } from "./possible-values.ts";
import { mayWritePackages } from "./may-write-packages.ts";
import { inputOf, isOn, variableOf } from "./step-input.ts";
import { runsAction } from "./language/uses.ts";
import type { Job, Step, Workflow } from "./workflow.ts";
import { textOf } from "./language/yaml-nodes.ts";

export const loginAction = "docker/login-action";

/**
 * The steps of a job that log in to the registry with docker/login-action, in their order. If none does so
 * for certain, those that may, because their registry is only known in the run.
 */
export function actionLogins(workflow: Workflow, job: Job): Step[] {
  const registries = job.steps
    .filter((step) => runsAction(step, loginAction))
    .map((step) => {
      const registry = inputOf(workflow, step, "registry") ?? "";
      return { step, ...possibleValues(workflow, job, step, registry) };
    });
  const sure = registries.filter(({ values }) => values.some((value) => isGhcr(value, workflow)));
  return (sure.length > 0 ? sure : registries.filter(({ open }) => open)).map(({ step }) => step);
}

/** Whether a login may also be to other registries, such as those of a matrix. */
export function servesOthers(workflow: Workflow, job: Job, step: Step): boolean {
  const registry = inputOf(workflow, step, "registry") ?? "";
  const { values, open } = possibleValues(workflow, job, step, registry);
  return open || values.some((value) => !isGhcr(value, workflow));
}

/**
 * The inputs with which a step lets another action log in to a registry; empty if it is not the
 * fleet's. An action of the repository itself is judged in its own file.
 */
export function foreignLogin(workflow: Workflow, job: Job, step: Step): readonly string[] {
  if (runsAction(step, loginAction)) return severalLogins(workflow, job, step);
  if (!step.uses || /^[.$]\//.test(step.uses.value)) return [];
  if (logsInItself(workflow, job, step)) return [ownToken];
  const { yaml } = workflow;
  const inputs = yaml.entries(yaml.at(step.node, "with"));
  const credentials = inputs.filter(({ key }) => /(?:password|token)$/i.test(key));
  if (credentials.length === 0) return [];
  // With a registry's password, the image's name shows which registry.
  const anyInput = credentials.some(({ key }) => /registry|ghcr/i.test(key));
  const isPreset =
    presetToGhcr.test(step.uses.value) &&
    isGhcr("ghcr.io", workflow) &&
    !inputs.some(({ key }) => /^(?:registry|repository)$/i.test(key));
  const isToGhcr = inputs
    .filter(({ key }) => anyInput || /registry|server/i.test(key))
    .some(({ value }) => {
      const { values } = possibleValues(workflow, job, step, textOf(value) ?? "");
      return values.some((each) => isGhcr(each, workflow));
    });
  return isPreset || isToGhcr ? credentials.map(({ value }) => textOf(value) ?? "") : [];
}

const ownToken = "${{ github.token }}";

/** Actions that log in to ghcr.io with the job's token, unless this variable is set. */
const selfLogins: Readonly<Record<string, string | undefined>> = {
  // https://github.com/ko-build/setup-ko/blob/main/action.yml
  "ko-build/setup-ko": "KO_DOCKER_REPO",
  "imjasonh/setup-ko": "KO_DOCKER_REPO",
  // https://github.com/imjasonh/setup-crane
  "imjasonh/setup-crane": undefined,
  // https://github.com/devcontainers/cli/blob/main/src/spec-configuration/httpOCIRegistry.ts
  "devcontainers/action": "DEVCONTAINERS_OCI_AUTH",
};

/** The same for actions with an input for another token. */
const givenTokens: Readonly<Record<string, string>> = {
  "bcgov/action-builder-ghcr": "token",
  "benfrisbie/docker-tag-build-push-action": "password",
};

function logsInItself(workflow: Workflow, job: Job, step: Step): boolean {
  if (!isGhcr("ghcr.io", workflow)) return false;
  const name = (step.uses?.value.split("@")[0] ?? "").toLowerCase();
  const input = givenTokens[name];
  if (input !== undefined)
    return (
      inputOf(workflow, step, input) === undefined &&
      isGhcr(inputOf(workflow, step, "registry") ?? "ghcr.io", workflow)
    );
  if (!Object.hasOwn(selfLogins, name)) return false;
  if (!mayWritePackages(workflow.yaml, workflow.root, job.node)) return false;
  const { yaml, root } = workflow;
  const inputs = yaml.entries(yaml.at(step.node, "with"));
  const isPublish = ({ key, value }: (typeof inputs)[number]) =>
    /^publish-/i.test(key) && textOf(value) !== "false";
  if (name === "devcontainers/action" && !inputs.some(isPublish)) return false;
  const variable = selfLogins[name];
  const isSet =
    variable !== undefined &&
    (variableOf(workflow, [step.node, job.node, root], variable) !== undefined ||
      job.steps.some(({ run }) => run?.value.includes(`${variable}=`)));
  const later = job.steps.slice(job.steps.indexOf(step) + 1);
  // The login that comes last counts.
  return !isSet && !later.some((each) => logsInLater(workflow, job, each));
}

function logsInLater(workflow: Workflow, job: Job, step: Step): boolean {
  return actionLogins(workflow, job).includes(step) || logsInByScript(workflow, job, step);
}

/** The text that holds the logins to several registries, if the fleet's is among them. */
function severalLogins(workflow: Workflow, job: Job, step: Step): string[] {
  const text = inputOf(workflow, step, "registry-auth") ?? "";
  const { values } = possibleValues(workflow, job, step, text);
  return [text, ...values].some((each) => isGhcr(each, workflow)) ? [text] : [];
}

/** The secret with which a workflow of another repository logs in, and the input without which it does not push. */
const knownWorkflows: Readonly<
  Record<string, { readonly secret: string; readonly push?: string }>
> = {
  // https://github.com/docker/github-builder#readme takes a list of logins.
  "docker/github-builder/.github/workflows/build.yml": { secret: "registry-auths", push: "push" },
  "docker/github-builder/.github/workflows/bake.yml": { secret: "registry-auths", push: "push" },
  // https://github.com/slsa-framework/slsa-github-generator/blob/main/internal/builders/container/README.md#workflow-secrets
  "slsa-framework/slsa-github-generator/.github/workflows/generator_container_slsa3.yml": {
    secret: "registry-password",
  },
};

/** What a job passes to such a workflow for its login to the fleet's registry, if it pushes there. */
export function passedLogin(workflow: Workflow, job: Job): Node | undefined {
  const { yaml } = workflow;
  const name = (job.uses?.value.split("@")[0] ?? "").toLowerCase();
  const known = Object.hasOwn(knownWorkflows, name) ? knownWorkflows[name] : undefined;
  const given = yaml.at(job.node, "secrets", known?.secret ?? "");
  const inputs = yaml.at(job.node, "with");
  if (!known || !given) return undefined;
  if (known.push !== undefined && !isOn(textOf(yaml.at(inputs, known.push)))) return undefined;
  const said = yaml
    .entries(inputs)
    .flatMap(({ value }) => possibleValues(workflow, job, job, textOf(value) ?? "").values);
  const places = known.push === undefined ? said : [textOf(given) ?? ""];
  return places.some((text) => isGhcr(text, workflow)) ? given : undefined;
}

/** Actions that log in to ghcr.io unless their inputs name another registry. */
const presetToGhcr =
  /^(?:macbre\/push-to-ghcr|blue-build\/github-action|bcgov\/action-builder-ghcr|benfrisbie\/docker-tag-build-push-action)@/i;

const clients = [
  ...["docker", "podman", "nerdctl", "finch", "buildah", "skopeo", "oras", "crane", "ko", "helm"],
  ...["regctl", "cosign", "notation", "werf", "apptainer", "singularity"],
];
/** Programs whose `login` is to something else than a registry of images. */
const others = "gh|az|aws|gcloud|npm|yarn|pnpm|vault|argocd|oc|echo|printf";

const loginCommand = new RegExp(
  `\\b(?:${clients.join("|")})\\b.*\\blogin\\b|(?:^|[\\s;&|(])(?!(?:${others})\\s)[\\w./-]+\\s+login\\s|\\bregctl\\s+registry\\s+set\\b.*\\s--pass\\b`,
);

/** A push with a password of its own: `skopeo copy --dest-creds`, `oras push -p`. */
const pushWithPassword =
  /\b(?:push|copy|cp|sync|attach)\b.*\s--(?:dest-|to-)?(?:creds|password)\b|\boras\s+(?:push|attach)\b.*\s-p\b|\bjib\.to\.auth\.password\b/;

/** What a line logs in to: where it copies, that stands last. */
function targetOf(line: string): string | undefined {
  if (loginCommand.test(line)) return line;
  if (!pushWithPassword.test(line)) return undefined;
  const copies = /\b(?:copy|cp|sync)\b/.test(line);
  return copies
    ? line
        .trim()
        .split(/\s+/)
        .findLast((word) => word.includes("/"))
    : line;
}

/** Whether a script writes the file in which clients store their logins, and which kaniko gets. */
function writesLogin(script: string, place: RegistryOf): boolean {
  return [...script.matchAll(/\bauths\b[^}]*/gi)].some(([stored]) => isGhcr(stored, place));
}

/** Lines that only mention a command: comments, and texts that are printed and not piped. */
export const mentions =
  /^\s*#.*|\b(?:echo|printf)\s(?:"(?:[^"$`]|\$(?!\())*"|'[^']*'|[^\n;&|()`"'$]|\$(?!\())+(?![^\n]*\|)/gm;

/** Whether a script has a command with a password for the registry, which it names itself or by a variable. */
export function logsInByScript(workflow: Workflow, job: Job, step: Step): boolean {
  const { run } = step;
  return (
    writesLogin(ownScript(joinedLines(run?.value)), workflow) ||
    loginLines(workflow, job, step).length > 0
  );
}

/** What a command gives another machine to run, and the command: in a here-document, in quotes or bare. */
const remote =
  /(?<=^|[\s;&|(])(?:ssh|gcloud|aws|kubectl|ansible|fly|doctl)\s(?:[^\n<;&|]*<<-?[ \t]*["']?(\w+)[^]*?\n[ \t]*\1[ \t]*(?=\n|$)|(?:"(?:[^"\\]|\\.)*"|'[^']*'|\$\{\{.*?\}\}|[^\n"';&|)])*)/g;

/** What a script does on the runner: a login on another machine is no place for a token that may push. */
function ownScript(script: string): string {
  return script.replaceAll(remote, "");
}

function loginLines(workflow: Workflow, job: Job, { node, run }: Step): string[] {
  const script = ownScript(joinedLines(run?.value).replaceAll(mentions, ""));
  const scopes = [node, job.node, workflow.root];
  const assigned = new Map(
    [...script.matchAll(/\b(\w+)=(\S+)/g)].map(([, name = "", value]) => [name, value]),
  );
  return script.split("\n").filter((line) => {
    const target = targetOf(line);
    const variables = [...new Set(target?.match(/\w+/g))];
    return (
      isGhcr(target, workflow) ||
      variables.some((name) =>
        isGhcr(assigned.get(name) ?? variableOf(workflow, scopes, name), workflow),
      )
    );
  });
}

/** The texts from which a script can get a credential: itself, and the variables that it mentions. */
export function textsInReach(workflow: Workflow, job: Job, step: Step): string[] {
  return withVariables(workflow, job, step, step.run?.value ?? "");
}

/** The same for the lines that log in to the registry. */
export function textsOfLogins(workflow: Workflow, job: Job, step: Step): string[] {
  return withVariables(workflow, job, step, loginLines(workflow, job, step).join("\n"));
}

function withVariables(workflow: Workflow, job: Job, { node }: Step, script: string): string[] {
  const scopes = [node, job.node, workflow.root];
  const variables = [...new Set(script.match(/\w+/g))].map((name) =>
    variableOf(workflow, scopes, name),
  );
  return [script, ...variables.filter((value) => value !== undefined)];
}

/** A script in which each command that continues after a backslash is on one line. */
export function joinedLines(script = ""): string {
  return script.replaceAll(/\\\r?\n/g, " ");
}

type RegistryOf = Pick<Workflow, "registry">;

const patterns = new Map<string, RegExp>();

/** Whether a text names the registry of the fleet. */
export function isGhcr(text = "", { registry = "ghcr.io" }: RegistryOf): boolean {
  // Other hosts may end or begin with its name.
  const pattern =
    patterns.get(registry) ?? new RegExp(`(?<![\\w.-])${literal(registry)}(?![\\w-]|\\.\\w)`, "i");
  patterns.set(registry, pattern);
  return pattern.test(text);
}
