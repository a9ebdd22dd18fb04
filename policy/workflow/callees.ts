import {
  fallsBack,
  givenName,
  passwordsOf,
  presetInputs,
  type Passwords,
} from "./given-passwords.ts";
import { soleExpression } from "./language/expressions.ts";
import { textOf } from "./language/yaml-nodes.ts";
import {
  declaredSecrets,
  isForPush,
  isIdle,
  localCallsOf,
  loginJobsOf,
  publishersOf,
  switchesOf,
  type LocalCall,
} from "./publishers.ts";
import { readWorkflow } from "./read-workflow.ts";
import type { Callee, Workflow, WorkflowSource } from "./workflow.ts";

/** The files of one repository, each with the facts that it needs about those that it calls. */
export async function withCallees(
  sources: readonly WorkflowSource[],
): Promise<readonly WorkflowSource[]> {
  const read = await Promise.all(sources.filter(mayTakePart).map(readWorkflow));
  const files = new Map(read.map((workflow) => [pathOf(workflow), workflow]));
  const known = new Map<string, Facts>();
  for (const path of files.keys()) factsOf(path, files, known);
  const called = new Set(
    read.flatMap((workflow) => localCallsOf(workflow).map((call) => calleeOf(workflow, call))),
  );
  const forPush = new Set(
    read.flatMap((workflow) =>
      localCallsOf(workflow).flatMap((call) => {
        const path = calleeOf(workflow, call);
        const facts = known.get(path);
        const pushes = facts && isForPush(workflow, call, facts) && !isIdle(workflow, call, facts);
        return pushes ? [path] : [];
      }),
    ),
  );
  return sources.map((source) => {
    const workflow = files.get(pathOf(source));
    if (!workflow) return source;
    const calls = new Map(localCallsOf(workflow).map((call) => [call.path, call]));
    const callees = [...calls.values()].flatMap((call): Callee[] => {
      const facts = known.get(calleeOf(workflow, call));
      return facts ? [{ path: call.path, ...facts }] : [];
    });
    return {
      ...source,
      ...(callees.length > 0 && { callees }),
      ...(called.has(pathOf(source)) && { isCalled: true }),
      ...(forPush.has(pathOf(source)) && { isForPush: true }),
    };
  });
}

type Facts = Omit<Callee, "path">;

function mayTakePart({ path, text }: WorkflowSource): boolean {
  return (
    /workflow_call|\.github\/(?:workflows|actions)\//.test(text) || /\baction\.ya?ml$/.test(path)
  );
}

function factsOf(
  path: string,
  files: ReadonlyMap<string, Workflow>,
  known: Map<string, Facts>,
): Facts {
  const done = known.get(path);
  if (done) return done;
  const workflow = files.get(path);
  const none = {
    publishes: false,
    logsIn: false,
    secrets: [],
    passwords: [],
    preset: [],
    hasOwnPassword: false,
    switches: [],
  };
  // GitHub starts no file that calls itself.
  known.set(path, none);
  if (!workflow) return none;
  const calls = localCallsOf(workflow)
    .map((call) => ({ call, facts: factsOf(calleeOf(workflow, call), files, known) }))
    .filter(({ call, facts }) => !isIdle(workflow, call, facts));
  const publishing = calls.filter(({ call, facts }) => isForPush(workflow, call, facts));
  const passwords = [
    passwordsOf(workflow),
    ...calls.map(({ call, facts }) => handedOn(workflow, call, facts)),
  ];
  const facts = {
    publishes: publishersOf(workflow).length > 0 || publishing.length > 0,
    logsIn: workflow.kind === "action" && loginJobsOf(workflow).length > 0,
    secrets: declaredSecrets(workflow),
    passwords: [...new Set(passwords.flatMap(({ given }) => given))],
    preset: [...presetInputs(workflow), ...passwords.flatMap(({ preset }) => preset)],
    hasOwnPassword: passwords.some(({ hasOwn }) => hasOwn),
    switches: [...switchesOf(workflow), ...publishing.map(() => [])],
  };
  known.set(path, facts);
  return facts;
}

/** The passwords that a file gives to one that it calls: what its own callers gave it, and what is its own. */
function handedOn(workflow: Workflow, { given }: LocalCall, callee: Facts): Passwords {
  const texts = callee.passwords.map((name) => textOf(workflow.yaml.find(given, name)));
  // The action then takes the job's token.
  const isLeftOut = callee.passwords.some(
    (name, index) => texts[index] === undefined && callee.preset.includes(name),
  );
  const names = texts
    .filter((text) => text !== undefined)
    .map((text) => ({ text, name: givenName(workflow, soleExpression(text) ?? "") }));
  const fallsBackTo = names.filter(({ text }) => fallsBack(soleExpression(text) ?? ""));
  return {
    given: names.flatMap(({ name }) => name ?? []),
    preset: fallsBackTo.flatMap(({ name }) => name ?? []),
    hasOwn: callee.hasOwnPassword || names.some(({ name }) => name === undefined) || isLeftOut,
  };
}

const withSlashes = ({ path }: WorkflowSource) => path.replaceAll("\\", "/");

/** As a caller of the same checkout names it: of an action, its folder. */
function pathOf(source: WorkflowSource): string {
  return withSlashes(source).replace(/(\.github\/actions\/.+)\/action\.ya?ml$/, "$1");
}

/** One run may judge several checkouts. */
function calleeOf(caller: WorkflowSource, { path }: LocalCall): string {
  const checkout = withSlashes(caller).replace(/\.github\/(?:workflows\/[^/]+|actions\/.+)$/, "");
  return checkout + path;
}
