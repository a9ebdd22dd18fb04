import { wantedCredential, type Written } from "../read/credential.ts";
import { inputOf, jobOf, ownerOf, variableOf, type Job, type Step } from "../read/repository.ts";
import type { SourceFile } from "../read/source-file.ts";
import { stringScalar, textOf } from "../read/yaml-reader.ts";
import {
  callerOf,
  fixFor,
  judgeIn,
  lineFor,
  open,
  reasonFor,
  reasons,
  replaceRange,
  unsetReason,
  type Place,
  type RepairingLogin,
  type Traced,
} from "./credential-place.ts";
import { insertEntry } from "./insert-entry.ts";

/** A text that GitHub fills in. */
export function trace(repairing: RepairingLogin, place: Place): Traced {
  const { file, node, owner, line } = place;
  const text = node.value.slice(place.from, place.to);
  const written = judgeIn(repairing, owner, text);
  const carriers = [{ file, node }];
  const isAction = callerOf(owner) !== undefined;
  if (isAction && (written.kind === "right" || written.kind === "replaceable"))
    return open(file, line, reasons.ofAction, wantedCredential(repairing.names), carriers);
  switch (written.kind) {
    case "right":
      return { changes: [], holders: [jobOf(owner)], carriers };
    case "replaceable": {
      const [start, end] = [place.from + written.embedded.start, place.from + written.embedded.end];
      return replaceRange(repairing, place, start, end, jobOf(owner), carriers);
    }
    case "carried": {
      const passed = repairing.passed ?? new Set();
      if (passed.has(node))
        return open(file, line, reasons.made, lineFor(place, wantedCredential(repairing.names)));
      const further = { ...repairing, passed: new Set([...passed, node]) };
      const traced = traceCarrier(further, place, written);
      const { by: context, name } = written;
      const through = context === "env" ? [] : [{ file, context, name }];
      const changes = traced.changes.map((change) =>
        "edit" in change
          ? { edit: { ...change.edit, through: [...(change.edit.through ?? []), ...through] } }
          : change,
      );
      return { ...traced, changes, carriers: [...traced.carriers, ...carriers] };
    }
    default:
      return open(file, line, reasonFor(written), fixFor(repairing, written, place), carriers);
  }
}

function traceCarrier(
  repairing: RepairingLogin,
  place: Place,
  written: Extract<Written, { kind: "carried" }>,
): Traced {
  switch (written.by) {
    case "env":
      return traceVariable(repairing, place, written);
    case "inputs":
      return traceInput(repairing, place, written);
    case "secrets":
      return traceSecret(repairing, place, written);
  }
}

/**
 * A variable around a login. Other steps and programs read it, too, and the secret is good for packages
 * only: so the login gets its own expression, and the variable stays.
 */
function traceVariable(
  repairing: RepairingLogin,
  place: Place,
  { name, embedded }: Extract<Written, { kind: "carried" }>,
): Traced {
  const { owner, file, line } = place;
  const fix = lineFor(place, wantedCredential(repairing.names));
  const found = "job" in owner ? variableOf(owner, name) : undefined;
  const node = stringScalar(found?.node);
  if (!found || !node || !("job" in owner)) return open(file, line, unsetReason(owner, name), fix);
  const outer = ownerOf(owner, found.file);
  const value = {
    file: found.file,
    node,
    from: 0,
    to: node.value.length,
    owner: outer,
    line: found.file.lineOf(node),
  };
  const written = judgeIn(repairing, outer, node.value);
  if (written.kind === "right" && !owner.caller)
    return { changes: [], holders: [jobOf(owner)], carriers: [] };
  if (written.kind === "replaceable" && !owner.caller)
    return replaceRange(
      repairing,
      place,
      place.from + embedded.start,
      place.from + embedded.end,
      owner.job,
      [],
    );
  if (written.kind === "carried" && found.file === file) return trace(repairing, value);
  if (owner.caller) {
    const own = written.kind === "replaceable" ? reasons.ofAction : reasonFor(written);
    const reason = found.file === file ? own : reasons.ofJob;
    return open(file, line, reason, fix);
  }
  return open(value.file, value.line, reasonFor(written), fixFor(repairing, written, value, place));
}

/** An input of the action in which a login stands: the step that runs the action gives it. */
function traceInput(
  repairing: RepairingLogin,
  place: Place,
  { name }: Extract<Written, { kind: "carried" }>,
): Traced {
  const { file, owner, line } = place;
  const wanted = wantedCredential(repairing.names);
  const caller = callerOf(owner);
  if (!caller)
    return open(
      file,
      line,
      `the password is the input ${name} of this workflow, which cannot hold a secret`,
      lineFor(place, wanted),
    );
  const given = inputOf(caller, name);
  const node = stringScalar(given);
  if (node)
    return trace(repairing, {
      file: caller.file,
      node,
      from: 0,
      to: node.value.length,
      owner: caller,
      line: caller.file.lineOf(node),
    });
  const preset = textOf(file.yaml.at(file.root, "inputs", name, "default"));
  const ofToken = preset === undefined || judgeIn(repairing, owner, preset).kind === "replaceable";
  const key = file.yaml.entry(file.yaml.at(file.root, "inputs"), name)?.key ?? name;
  const fix = `with:\n  ${key}: ${wanted}`;
  const added = given === undefined && ofToken && giveInput(caller, key, wanted);
  return (
    added ||
    open(
      caller.file,
      caller.line,
      `this step leaves the password of a login to the action: its input ${key}`,
      fix,
    )
  );
}

/** Gives a step's action an input that it has not; `undefined` where there is no place for it, or in an action. */
export function giveInput(step: Step, key: string, value: string): Traced | undefined {
  const { file, node, job } = step;
  const map = file.yaml.map(file.yaml.at(node, "with"));
  const splice = step.caller ? undefined : insertInput(step, map, key, value);
  if (!splice) return undefined;
  const edit = { file, kind: "credential", ...splice, node: map ?? node, claimant: step } as const;
  return { changes: [{ edit }], holders: [job], carriers: [] };
}

function insertInput(
  caller: Step,
  map: ReturnType<SourceFile["yaml"]["map"]>,
  key: string,
  value: string,
) {
  if (map && map.items.length > 0) return insertEntry(caller.file, map, { key, value });
  if (caller.file.yaml.entry(caller.node, "with")) return undefined;
  return insertEntry(caller.file, caller.node, { key: "with", value: [{ key, value }] }, "uses");
}

/** A secret that a reusable workflow gets from its callers under another name. */
function traceSecret(
  repairing: RepairingLogin,
  place: Place,
  { name }: Extract<Written, { kind: "carried" }>,
): Traced {
  const { file, line, owner } = place;
  const fix = lineFor(place, wantedCredential(repairing.names));
  const callers = repairing.callersOf(file);
  const all = repairing.target.repository.callersOf(file);
  // Off for each of them.
  if (callers.length === 0 && all.length > 0) return { changes: [], holders: [], carriers: [] };
  const secret = name.toUpperCase();
  const events = file.yaml.entries(file.yaml.at(file.root, "on")).map(({ key }) => key);
  if (callers.length === 0 || events.some((event) => event !== "workflow_call"))
    return open(
      file,
      line,
      `the password is another secret (${secret}), which callers of this workflow give`,
      fix,
    );
  const traced = callers.map((caller) => traceGiven(repairing, caller, name, jobOf(owner)));
  return {
    changes: traced.flatMap(({ changes }) => changes),
    holders: traced.flatMap(({ holders }) => holders),
    carriers: traced.flatMap(({ carriers }) => carriers),
  };
}

function traceGiven(repairing: RepairingLogin, caller: Job, name: string, callee: Job): Traced {
  const { file } = caller;
  const secrets = file.yaml.at(caller.node, "secrets");
  const entry = file.yaml.entry(secrets, name);
  const node = stringScalar(entry?.value);
  const wanted = wantedCredential(repairing.names);
  const key =
    callee.file.yaml.entry(
      callee.file.yaml.at(callee.file.root, "on", "workflow_call", "secrets"),
      name,
    )?.key ?? name;
  const fix = `secrets:\n  ${key}: ${wanted}`;
  if (node)
    return trace(repairing, {
      file,
      node,
      from: 0,
      to: node.value.length,
      owner: caller,
      line: file.lineOf(node),
    });
  return textOf(secrets) === "inherit"
    ? open(
        file,
        caller.line,
        `the called workflow logs in with another secret (${key})`,
        `in place of "secrets: inherit", with the other secrets that it needs:\n${fix}`,
      )
    : open(
        file,
        caller.line,
        `the called workflow logs in with ${key}, which this job does not pass`,
        fix,
      );
}
