import { actionName, loginActions } from "./action-logins.ts";
import { stepsThatRun } from "./conditions.ts";
import { soleExpression } from "./expressions.ts";
import { imageNames, type FoundImage } from "./image-names.ts";
import { doesPush, judgeRegistry, type Target } from "./logins.ts";
import { possibleValues } from "./possible-values.ts";
import { inputOf, variableOf, type Job, type Step } from "./repository.ts";
import { commandPush } from "./script/pushes.ts";
import { expandVariables } from "./script/variables.ts";
import { allCommandsOf } from "./script/shell-commands.ts";
import { textOf } from "./yaml-reader.ts";

/** A step that pushes images or other artifacts to the registry, or may. */
export interface Push {
  readonly step: Step;
  /** "docker/build-push-action", "docker push" */
  readonly builder: string;
  /** Whether pushing is the purpose of the step; if not, a script that it runs may push. */
  readonly sure: boolean;
  /** The condition of the push, as written; absent if it is always on. */
  readonly condition?: string;
  /** The script or the target, which is not read, that it runs. */
  readonly runs?: string;
  /** Images in the registry; empty if the file names none. */
  readonly images: readonly FoundImage[];
  /** Whether it names the registry without an image: `helm push api.tgz oci://ghcr.io/acme`. */
  readonly isToFolder?: true;
}

/** The pushes of a job to the registry, without those that certainly go to others. */
export function pushesOf(target: Target, job: Job): Push[] {
  return stepsThatRun(job.steps).flatMap((step) => {
    const found = step.uses ? actionPush(target, step) : scriptPushes(target, step);
    return found.filter((push) => push !== undefined);
  });
}

function toRegistry(
  target: Target,
  push: Omit<Push, "images">,
  images: readonly FoundImage[],
): Push | undefined {
  const ours = images.filter(({ host }) => host === undefined || host === target.registry);
  return images.length > 0 && ours.length === 0 ? undefined : { ...push, images: ours };
}

/** Whether a push names the registry, and is not to one that only the run knows. */
export function namesRegistry({ registry }: Target, { images, isToFolder }: Push): boolean {
  return isToFolder === true || images.some(({ host }) => host === registry);
}

type Described = (target: Target, step: Step) => (Push | undefined)[];

/** Whether an output of a build may go to a registry. */
function mayBePush(output: string): boolean {
  if (/type=registry|push=true/.test(output)) return true;
  return output.includes("${{") && !/type=(?:docker|local|tar|oci|cacheonly)\b/.test(output);
}

const buildPush: Described = (target, step) => {
  const builder = actionName(step.uses?.value ?? "");
  // Its first version had an input each for name and registry, and pushed by default.
  const repository = input(step, "repository");
  if (repository !== undefined && input(step, "push") !== "false") {
    const image = imageNames(target, step, `${input(step, "registry") ?? ""}/${repository}`);
    return [toRegistry(target, { step, builder, sure: true }, image)];
  }
  const given = input(step, "outputs") ?? input(step, "output") ?? "";
  // `${{ inputs.push && format('type=image,name={0}/api,push=true', env.REGISTRY) || 'type=cacheonly' }}`
  const outputs = soleExpression(given) ? possibleValues(target, step, given).join("\n") : given;
  const caches = [
    ...(input(step, "cache-to") ?? "").matchAll(/type=registry[^\n]*?ref=([^,\s]+)/g),
  ];
  const cached = caches.map(([, reference = ""]) =>
    toRegistry(target, { step, builder, sure: true }, imageNames(target, step, reference)),
  );
  const sets = /\.output=type=registry|push=true/.test(input(step, "set") ?? "");
  if (!isOn(target, step, "push") && !outputs.split("\n").some(mayBePush) && !sets) return cached;
  // In quotes, a list of names is one field: `type=image,"name=acme/api,ghcr.io/acme/api",push=true`.
  const named = [...outputs.matchAll(/"name=([^"\n]+)"|\bname=([^,\n"]+)/g)].map(
    ([, list, name = ""]) => list ?? name,
  );
  const tags = [input(step, "tags"), input(step, "image"), ...named].filter((each) => each);
  const condition = input(step, "push");
  const push = { step, builder, sure: true, ...(condition !== undefined && { condition }) };
  return [...cached, toRegistry(target, push, imageNames(target, step, tags.join("\n")))];
};

const always: Described = (target, step) => [
  toRegistry(
    target,
    { step, builder: actionName(step.uses?.value ?? ""), sure: true },
    imagesIn(target, step),
  ),
];

/** The pushes of known actions, by name in lower case. */
const described: Readonly<Record<string, Described>> = {
  "docker/build-push-action": buildPush,
  "docker/bake-action": buildPush,
  "depot/build-push-action": buildPush,
  "depot/bake-action": buildPush,
  "useblacksmith/build-push-action": buildPush,
  "goreleaser/goreleaser-action": (target, step) =>
    /--snapshot|\bcheck\b|\bbuild\b|\bhealthcheck\b/.test(input(step, "args") ?? "")
      ? []
      : always(target, step),
  // Without the name of an image, it pushes none.
  "devcontainers/ci": (target, step) =>
    input(step, "push") === "never" || input(step, "imageName") === undefined
      ? []
      : always(target, step),
  "actions/attest": attestation,
  "actions/attest-build-provenance": attestation,
  "actions/attest-sbom": attestation,
};

/** Whether an action is known to push with the credential of an earlier login. */
export function isKnownBuilder(action: string): boolean {
  return described[action] !== undefined;
}

function attestation(target: Target, step: Step): (Push | undefined)[] {
  if (!isOn(target, step, "push-to-registry")) return [];
  return always(target, step);
}

/** Actions that only prepare, read or report, by owner and by words in their names. */
const harmlessOwners =
  /^(?:actions\/|github\/|aquasecurity\/|anchore\/|codecov\/|step-security\/|docker\/(?:setup-|metadata-action|login-action|scout-action)|appleboy\/)/;
const harmlessWords =
  /(?:^|-)(?:setup|install|installer|cache|checkout|scan|scanner|lint|test|tests|notify|notification|slack|login|auth|artifact|artifacts|labeler|label|version|semver|metadata|filter|changed-files|toolchain|free-disk-space|cleanup|cleaner|prune|delete|retention|verify|report|comment|approve|wait|sleep|tmate|kind|k3d|minikube|buildah-build|gh-release|description)(?:-|$)/;

/** @param action its name, in lower case; "acme/test-tools/push" is called push */
export function isHarmless(action: string): boolean {
  return harmlessOwners.test(action) || harmlessWords.test(action.split("/").at(-1) ?? "");
}

const mayPush =
  /push|publish|release|deploy|build|docker|image|oci|helm|kaniko|bake|ghcr|container|earthly|dagger|depot|nix|manifest|sign|retag|tag/;

function actionPush(target: Target, step: Step): (Push | undefined)[] {
  const builder = actionName(step.uses?.value ?? "");
  const known = described[builder];
  if (known) return known(target, step);
  const login = loginActions[builder];
  if (login?.pushes) {
    const registry = input(step, login.registry) ?? login.preset ?? "";
    const isPush = doesPush(target, step, login) && judgeRegistry(target, step, registry);
    return isPush ? always(target, step) : [];
  }
  if (isHarmless(builder) || !mayPush.test(builder)) return [];
  return [toRegistry(target, { step, builder, sure: false }, imagesIn(target, step))];
}

/** The images that the inputs of an action name: those that look like references. */
function imagesIn(target: Target, step: Step): FoundImage[] {
  const inputs = step.file.yaml.entries(step.file.yaml.at(step.node, "with"));
  const named = inputs.filter(({ key }) => imageInputs.test(key));
  const found = named.flatMap(({ value }) => imageNames(target, step, textOf(value) ?? ""));
  // "latest" is a tag, and "api" a part of a name: other inputs have the registry.
  return found.filter(({ host }) => host !== "");
}

const imageInputs = /^(?:images?|image-?names?|subject-name|tags?|registry)$/i;

function input(step: Step, name: string): string | undefined {
  return textOf(inputOf(step, name));
}

function isOn(target: Target, step: Step, name: string): boolean {
  const text = input(step, name);
  if (text === undefined) return false;
  return possibleValues(target, step, text).some((value) => !/^(?:false|0|)$/i.test(value.trim()));
}

function scriptPushes(target: Target, step: Step): (Push | undefined)[] {
  const script = step.run?.value ?? "";
  const commands = allCommandsOf(script);
  // A script in another language is only searched for the word.
  if (!commands)
    return /(?<!\bgit[^\n]*)\bpush\b/.test(script)
      ? [{ step, builder: "script", sure: true, images: [] }]
      : [];
  const found = commands.flatMap((command) => {
    const push = commandPush(command);
    if (!push) return [];
    const references = push.references.map((text) => expandVariables(step, text));
    const images = references.flatMap((text) => imageNames(target, step, text));
    const isSet = push.sureWith !== undefined && variableOf(step, push.sureWith) !== undefined;
    const { builder, runs, folder } = push;
    const does = { step, builder, sure: push.sure || isSet, ...(runs !== undefined && { runs }) };
    if (folder === undefined) return [toRegistry(target, does, images)];
    const registry = judgeRegistry(target, step, expandVariables(step, folder));
    if (!registry) return [undefined];
    return [{ ...does, images, ...(registry === "sure" && { isToFolder: true as const }) }];
  });
  // In a loop or a function, the word may be there without a command that is read.
  const isNamed = /(?<!\bgit[^\n]*)\bpush\b/.test(script.replaceAll(spoken, ""));
  return found.length === 0 && isNamed
    ? [{ step, builder: "script", sure: false, images: [] }]
    : found;
}

/** Comments and printed texts. */
export const spoken = /(?<=^|\s)#.*|\b(?:echo|printf)\b[^|\n]*/gm;
