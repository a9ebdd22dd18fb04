import { isMap, isScalar, isSeq, type Node, type YAMLSeq } from "yaml";
import { judgeCredential, type SecretNames } from "../read/credential.ts";
import { ownEvents } from "../read/events.ts";
import { parseExpression, readsOf } from "../read/expressions.ts";
import type { Job, Repository } from "../read/repository.ts";
import { sourceRange, type SourceFile } from "../read/source-file.ts";
import { stringScalar, textOf } from "../read/yaml-reader.ts";
import type { Carrier, Change } from "./edit.ts";
import {
  columnOf,
  inBlock,
  insertEntry,
  newlineAt,
  type NewEntry,
  type Splice,
} from "./insert-entry.ts";

/**
 * Passes the secret to a workflow that others call: it declares the secret, as an optional one, and the jobs of
 * the repository that call it pass it. `secrets: inherit` passes all.
 *
 * @param inner the workflows that it calls on the way to the login
 * @see https://docs.github.com/en/actions/how-tos/reuse-automations/reuse-workflows#passing-secrets-to-nested-workflows
 */
export function passSecret(
  callersOf: Repository["callersOf"],
  names: SecretNames,
  file: SourceFile,
  inner: ReadonlySet<SourceFile> = new Set(),
): Change[] {
  if (!ownEvents(file).includes("workflow_call") || inner.has(file)) return [];
  const callers = callersOf(file);
  const declare = needsDeclaration(names, file, callers) ? [declareSecret(file, names.secret)] : [];
  // GitHub refuses a caller that passes what is not declared.
  if (declare.some((change) => "unresolved" in change)) return declare;
  const callees = new Set([...inner, file]);
  const passed = callers.flatMap((caller) => [
    ...passFrom(caller, names, callees),
    ...passSecret(callersOf, names, caller.file, callees),
  ]);
  return [...declare, ...passed];
}

/** What the jobs on the way to a workflow pass under the secret's name. */
export function passedSecrets(
  callersOf: Repository["callersOf"],
  names: SecretNames,
  file: SourceFile,
  inner: ReadonlySet<SourceFile> = new Set(),
): Carrier[] {
  if (inner.has(file)) return [];
  const callees = new Set([...inner, file]);
  return callersOf(file).flatMap((caller) => {
    const given = caller.file.yaml.at(caller.node, "secrets", names.secret);
    const outer = passedSecrets(callersOf, names, caller.file, callees);
    return given ? [{ file: caller.file, node: given }, ...outer] : outer;
  });
}

/**
 * A workflow that declares no secret, reads some, and is called with `secrets: inherit` stays like that: with
 * one declared, linters would report all others. If only other repositories call it, their way is unknown,
 * and they can pass only declared secrets; not so if it also runs by itself, with all secrets.
 */
function needsDeclaration(
  { secret }: SecretNames,
  file: SourceFile,
  callers: readonly Job[],
): boolean {
  const { yaml, text } = file;
  const declared = declarations(file);
  if (yaml.entry(declared, secret)) return false;
  if (declared || callers.some((caller) => !inherits(caller))) return true;
  if (callers.length === 0 && ownEvents(file).every((event) => event === "workflow_call"))
    return true;
  const others = new RegExp(`\\bsecrets\\s*(?:\\[|\\.(?!(?:GITHUB_TOKEN|${secret})\\b))`, "i");
  return !others.test(text.replaceAll(/^\s*#.*/gm, ""));
}

function declarations({ yaml, root }: SourceFile): Node | undefined {
  return yaml.at(root, "on", "workflow_call", "secrets");
}

function inherits({ file, node }: Job): boolean {
  return textOf(file.yaml.at(node, "secrets")) === "inherit";
}

function declareSecret(file: SourceFile, secret: string): Change {
  const { yaml, root } = file;
  const declaration = { key: secret, value: [{ key: "required", value: "false" }] };
  const on = yaml.at(root, "on");
  const called = yaml.at(on, "workflow_call");
  const secrets = declarations(file);
  const splice =
    isMap(secrets) && (secrets.items.length > 0 || secrets.flow)
      ? insertEntry(file, secrets, declaration)
      : isMap(called) && (called.items.length > 0 || isFlow(on)) && !yaml.entry(called, "secrets")
        ? insertEntry(file, called, { key: "secrets", value: [declaration] })
        : spellOut(file, on, { key: "secrets", value: [declaration] });
  const node = [secrets, called, on].find((each) => isMap(each)) ?? on ?? root;
  const isFree = file.generated === undefined && node && yaml.timesReached(node) === 1;
  if (splice && isFree) return { edit: { file, kind: "secret", ...splice, node, claimant: file } };
  const fix = inBlock({ key: "workflow_call", value: [{ key: "secrets", value: [declaration] }] });
  return {
    unresolved: {
      file,
      line: file.lineOf(called ?? on),
      reason: `callers of this workflow cannot pass ${secret} before it is declared`,
      fix: ["on:", ...fix.map((line) => `  ${line}`)].join("\n"),
    },
  };
}

function isFlow(node: Node | undefined): boolean {
  return isMap(node) && node.flow === true;
}

/** `on: workflow_call`, a list of events, and `workflow_call:` with nothing behind it. */
function spellOut(file: SourceFile, on: Node | undefined, entry: NewEntry): Splice | undefined {
  const { yaml, text, root } = file;
  const pair = yaml.entry(on, "workflow_call");
  if (pair) {
    const value = isMap(on) && !on.flow ? valueRange(file, pair.keyNode, pair.value) : undefined;
    if (!value) return undefined;
    const indent = columnOf(text, pair.keyNode.range?.[0] ?? 0) + 2;
    const newline = newlineAt(text, value.start);
    const lines = inBlock(entry).map((line) => `${" ".repeat(indent)}${line}`);
    return { ...value, text: `${newline}${lines.join(newline)}` };
  }
  if (isSeq(on) && on.flow !== true) return spellOutLines(text, on, entry);
  const key = yaml.entry(root, "on");
  const names = isScalar(on) ? [textOf(on)] : yaml.items(on).map(textOf);
  const [start = 0, end = 0] = on?.range ?? [];
  const raw = text.slice(start, end);
  if (!key || names.includes(undefined) || !/^(?:\[[^\n#]*\]|\w+)$/.test(raw)) return undefined;
  const events = names.map((name) => ({
    key: name ?? "",
    value: name === "workflow_call" ? [entry] : "",
  }));
  const newline = newlineAt(text, start);
  const lines = events.flatMap(inBlock).map((line) => `  ${line.trimEnd()}`);
  const blanks = /[ \t]*$/.exec(text.slice(0, start))?.[0].length ?? 0;
  return { start: start - blanks, end, text: `${newline}${lines.join(newline)}` };
}

/** Events that stand in lines, `- push`: each line becomes the key of the event, and keeps its comment. */
function spellOutLines(text: string, on: YAMLSeq, entry: NewEntry): Splice | undefined {
  const [start, valueEnd] = on.range ?? [0, 0];
  const column = columnOf(text, start);
  const from = start - column;
  const end = from + text.slice(from, valueEnd).trimEnd().length;
  const newline = newlineAt(text, start);
  // Without an indentation, the keys would be the workflow's.
  const indent = " ".repeat(column || 2);
  const added = inBlock(entry).map((line) => `${newline}${indent}  ${line}`);
  const raw = text.slice(from, end);
  const isPlain = /^ *(?:- +["']?\w+["']? *)?(?:(?<!\S)#.*)?$/;
  if (!raw.split(/\r?\n/).every((line) => isPlain.test(line))) return undefined;
  const spelt = raw.replaceAll(
    /^ *- +(["']?(\w+)["']?)(.*)/gm,
    (_line, written: string, name: string, behind: string) =>
      `${indent}${written}:${behind}${name === "workflow_call" ? added.join("") : ""}`,
  );
  return { start: from, end, text: spelt };
}

/** What stands behind the colon of a key without a value, or with `{}`: blanks, and that. */
function valueRange({ text }: SourceFile, keyNode: Node, value: Node | undefined) {
  const key = keyNode.range?.[1] ?? 0;
  const colon = text.indexOf(":", key) + 1;
  if (isMap(value)) {
    const [start, end] = value.range ?? [0, 0];
    return value.items.length === 0 && text.slice(start, end) === "{}"
      ? { start: colon, end }
      : undefined;
  }
  if (textOf(value) !== undefined) return undefined;
  const written = /^[ \t]*(?:~|null)(?=\s|$)/.exec(text.slice(colon))?.[0].length ?? 0;
  const line = text.slice(colon + written).search(/\r?\n|$/);
  return written > 0
    ? { start: colon, end: colon + written }
    : { start: colon + line, end: colon + line };
}

function passFrom(caller: Job, names: SecretNames, callees: ReadonlySet<SourceFile>): Change[] {
  const { file, node } = caller;
  const { yaml } = file;
  const secrets = yaml.at(node, "secrets");
  const value = `\${{ secrets.${names.secret} }}`;
  if (inherits(caller)) return [];
  const given = yaml.entry(secrets, names.secret);
  if (given) return correctGiven(caller, names, callees, given);
  const entry = { key: names.secret, value };
  const splice = isMap(secrets)
    ? insertEntry(file, secrets, entry)
    : yaml.entry(node, "secrets")
      ? undefined
      : insertEntry(
          file,
          node,
          { key: "secrets", value: [entry] },
          yaml.entry(node, "with") ? "with" : "uses",
        );
  if (!splice)
    return [
      report(
        caller,
        caller.line,
        `this job does not pass ${names.secret}`,
        `secrets:\n  ${names.secret}: ${value}`,
      ),
    ];
  return [
    {
      edit: {
        file,
        kind: "secret",
        ...splice,
        node: isMap(secrets) ? secrets : node,
        claimant: caller,
      },
    },
  ];
}

/** What a job passes under the secret's name has to be the secret. */
function correctGiven(
  caller: Job,
  names: SecretNames,
  callees: ReadonlySet<SourceFile>,
  { keyNode, value }: { readonly keyNode: Node; readonly value: Node | undefined },
): Change[] {
  const { file } = caller;
  const wanted = `\${{ secrets.${names.secret} }}`;
  const text = textOf(value) ?? "";
  const written = judgeCredential(text, { names, declared: new Set() });
  if (written.kind === "right") return [];
  const node = stringScalar(value);
  if (written.kind === "replaceable" && node) {
    const { start, end, expression } = written.embedded;
    const read = readsOf(parseExpression(expression)).map(({ path }) => path.join("."));
    const reads = (secret: string) => read.includes(`secrets.${secret.toLowerCase()}`);
    if (reads(names.secret) && !names.replaced.some(reads)) return [];
    const range = sourceRange(file, node, start, end);
    const through = [...callees].map(
      (callee) => ({ file: callee, context: "secrets", name: names.secret }) as const,
    );
    if (range) {
      const edit = { file, kind: "secret", ...range, text: wanted, node, through } as const;
      return [{ edit: { ...edit, claimant: caller } }];
    }
  }
  const reason = `${names.secret} is something else here`;
  return [report(caller, file.lineOf(keyNode), reason, wanted)];
}

function report({ file }: Job, line: number, reason: string, fix: string): Change {
  return { unresolved: { file, line, reason, fix } };
}
