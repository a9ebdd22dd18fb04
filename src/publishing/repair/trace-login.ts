import { loginActions } from "../read/action-logins.ts";
import { wantedCredential } from "../read/credential.ts";
import { expressionsIn } from "../read/expressions.ts";
import type { Login } from "../read/logins.ts";
import { ownerOf, variableOf, type Step } from "../read/repository.ts";
import { isAlone, variableIn } from "../read/script/logins.ts";
import { isOnlyForLogin } from "../read/script/use.ts";
import { assignedIn } from "../read/script/variables.ts";
import { stringScalar } from "../read/yaml-reader.ts";
import {
  fixFor,
  inputFix,
  judgeIn,
  open,
  reasonFor,
  reasons,
  replaceRange,
  unsetReason,
  type Place,
  type RepairingLogin,
  type Traced,
} from "./credential-place.ts";
import type { Change } from "./edit.ts";
import { giveInput, trace } from "./trace-credential.ts";

export function traceLogin(repairing: RepairingLogin, login: Login): Traced {
  const traced = traceOnly(repairing, login);
  const changes = traced.changes.map((change): Change => {
    if ("edit" in change || change.unresolved.file.kind !== "action") return change;
    // An action cannot read secrets.
    return { unresolved: { ...change.unresolved, fix: inputFix(repairing.names) } };
  });
  return { ...traced, changes };
}

function traceOnly(repairing: RepairingLogin, login: Login): Traced {
  const { credential, step, line, tool } = login;
  if (!credential) {
    const wanted = wantedCredential(repairing.names);
    const { password: key, tokenByDefault } = loginActions[tool] ?? {};
    const added = key !== undefined && tokenByDefault && giveInput(step, key, wanted);
    if (added) return added;
    return key === undefined
      ? open(step.file, line, "the password of this login comes from a file or a program", wanted)
      : open(step.file, line, reasons.absent, `${key}: ${wanted}`);
  }
  const place = { ...credential, owner: step, line };
  return credential.inScript ? traceWord(repairing, place, step) : trace(repairing, place);
}

/** A word of a script: an expression, or a variable that a shell puts in. */
function traceWord(repairing: RepairingLogin, place: Place, step: Step): Traced {
  const { names } = repairing;
  const text = place.node.value.slice(place.from, place.to);
  const word = { text, start: place.from, end: place.to };
  const [only, ...more] = expressionsIn(text);
  if (only && more.length === 0 && isAlone(text, only.start, only.end))
    return trace(repairing, { ...place, from: place.from + only.start, to: place.from + only.end });
  const variable = variableIn(word);
  if (only || !variable) {
    const reason = only || /[$`%]/.test(text) ? reasons.chosen : reasons.pasted;
    return open(place.file, place.line, reason, wantedCredential(names));
  }
  const isWhole = word.start === variable.start && word.end === variable.end;
  const login = { ...place, quote: place.isPiped && isWhole ? '"' : "" };
  const assigned = assignedIn(place.node.value, variable.name);
  const found = variableOf(step, variable.name);
  const node = stringScalar(found?.node);
  const fix = wantedCredential(names);
  if (assigned) {
    if (assigned.text === undefined) return open(place.file, place.line, reasons.made, fix);
    const written = judgeIn(repairing, step, assigned.text);
    const { kind } = written;
    if (kind === "right") return { changes: [], holders: [step.job], carriers: [] };
    if (kind !== "replaceable") return open(place.file, place.line, reasonFor(written), fix);
    if (step.caller) return open(place.file, place.line, reasons.ofAction, fix);
    return replaceRange(repairing, login, variable.start, variable.end, step.job, []);
  }
  if (!found || !node) return open(place.file, place.line, unsetReason(step, variable.name), fix);
  const owner = ownerOf(step, found.file);
  const value = {
    file: found.file,
    node,
    from: 0,
    to: node.value.length,
    owner,
    line: found.file.lineOf(node),
  };
  const { yaml } = found.file;
  const isOwn = found.level === "step" || (found.level === "caller" && found.file === step.file);
  if (isOwn && yaml.timesReached(node) <= yaml.timesReached(step.node)) {
    if (isOnlyForLogin(repairing.target, step, variable.name)) return trace(repairing, value);
  }
  const written = judgeIn(repairing, owner, node.value);
  if (written.kind === "right") return { changes: [], holders: [step.job], carriers: [] };
  if (written.kind === "replaceable") {
    if (!step.caller)
      return replaceRange(repairing, login, variable.start, variable.end, step.job, []);
    const reason = found.file === step.file ? reasons.ofAction : reasons.ofJob;
    return open(place.file, place.line, reason, fix);
  }
  if (written.kind === "carried") {
    const traced = trace(repairing, value);
    const isSettled = traced.changes.length === 0;
    return isSettled
      ? traced
      : open(
          place.file,
          place.line,
          `the variable ${variable.name} goes to more than this login`,
          fix,
        );
  }
  return open(value.file, value.line, reasonFor(written), fixFor(repairing, written, value, place));
}
