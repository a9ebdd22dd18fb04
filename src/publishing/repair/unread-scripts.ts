import { holdsOurs, wantedCredential, type SecretNames } from "../read/credential.ts";
import { packagesGrant } from "../read/permissions.ts";
import { pushesOf, type Push } from "../read/pushes.ts";
import type { Job, Step } from "../read/repository.ts";
import { callersOf } from "../read/starts.ts";
import { textOf } from "../read/yaml-reader.ts";
import { withWanted, type Repairing } from "./credential-place.ts";
import type { Change } from "./edit.ts";

/** The scripts and targets that get a token in a job that shows neither a login nor a push. */
export function unreadScripts({ target, names }: Repairing, job: Job): Change[] {
  const pushes = isMeantToPush(names, job) ? pushesOf(target, job) : [];
  if (pushes.some(({ sure, runs }) => sure && runs === undefined)) return [];
  const { yaml, root } = job.file;
  const outer = [job.node, root].flatMap((node) => yaml.entries(yaml.at(node, "env")));
  const token = ({ step }: Push) => {
    const own = step.file.yaml.entries(step.file.yaml.at(step.node, "env"));
    const variable = [...own, ...outer].find(({ value }) => holdsOurs(names, textOf(value) ?? ""));
    if (variable) return `${variable.key}: ${withWanted(names, textOf(variable.value) ?? "")}`;
    const isWritten = [...callersOf(step), step].some((each) => holdsOurs(names, sourceOf(each)));
    return isWritten ? wantedCredential(names) : undefined;
  };
  const unread = pushes.filter((push) => push.runs !== undefined && token(push) !== undefined);
  const [first] = unread;
  if (!first) return [];
  const { line } = callersOf(first.step)[0] ?? first.step;
  const runs = [...new Set(unread.map((push) => push.runs))].join(" and ");
  const reason = `job ${job.id} may write packages and runs ${runs}, which is not read`;
  const fix = `if it logs in to ${target.registry}, give it:\n${token(first) ?? ""}`;
  return [{ unresolved: { file: job.file, line, reason, fix } }];
}

function sourceOf({ file, node }: Job | Step): string {
  const [start = 0, end = 0] = node.range ?? [];
  return file.text.slice(start, end);
}

/** Whether a job asks for the permission to push itself, or gets a secret that the wanted one replaces. */
function isMeantToPush(names: SecretNames, job: Job): boolean {
  const { yaml, root } = job.file;
  const variables = yaml.entries(yaml.at(root, "env")).map(({ value }) => textOf(value) ?? "");
  const given = [sourceOf(job), ...variables].join("\n");
  const gets = (name: string) => new RegExp(`\\bsecrets\\.${name}\\b`, "i").test(given);
  if (gets(names.secret)) return false;
  const grant = packagesGrant(job);
  return (grant.kind === "write" && grant.ofJob) || names.replaced.some(gets);
}
