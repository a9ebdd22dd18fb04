import type {
  ImageName,
  Publication,
  PublicationCredential,
  PublicationLogin,
} from "./publication.ts";
import { judgeCredential, type SecretNames } from "./read/credential.ts";
import { eventsOf } from "./read/events.ts";
import type { Login, Target } from "./read/logins.ts";
import { openRepository, type PublishingOptions } from "./read/open-repository.ts";
import { packagesGrant } from "./read/permissions.ts";
import { readJob } from "./read/read-jobs.ts";
import { remoteCallOf } from "./read/remote-calls.ts";
import { declaredSecrets, type Job } from "./read/repository.ts";
import { expressionsIn } from "./read/expressions.ts";
import { sourceRange } from "./read/source-file.ts";
import { shownSteps } from "./read/shown-steps.ts";
import { startsOf } from "./read/starts.ts";
import { textOf } from "./read/yaml-reader.ts";

/**
 * The publications of a repository: its jobs that push to the registry, or may, however they are called
 * and whatever they are built with. Files that cannot be read have none.
 *
 * @param files path from the repository's root, with slashes, to text: its workflows and local actions
 */
export function readPublications(
  files: Readonly<Record<string, string>>,
  options: PublishingOptions = {},
): Publication[] {
  const { target, names } = openRepository(files, options);
  return target.repository.jobs.flatMap((job) => publicationOf(target, names, job) ?? []);
}

function publicationOf(target: Target, names: SecretNames, job: Job): Publication | undefined {
  const { logins, pushes, publishes } = readJob(target, names, job);
  const call = remoteCallOf(target, names, job);
  const images = pushes.flatMap((push) => push.images);
  const isOurs =
    logins.length > 0 || images.some(({ name }) => name?.startsWith(`${target.registry}/`));
  if (!call && (publishes === "no" || !isOurs)) return undefined;
  const called = (call?.named ?? []).map((name) => ({ written: name, name }));
  return {
    path: job.file.path,
    job: job.id,
    jobName: nameOf(job),
    line: job.line,
    events: eventsOf(target.repository, job.file),
    starts: startsOf(target.repository, job, pushes),
    registry: target.registry,
    images: uniqueImages([...images, ...called]),
    builders: [
      ...new Set([...pushes.map(({ builder }) => builder), ...(call ? [call.workflow] : [])]),
    ],
    logins: logins.map((login) => loginOf(names, login)),
    ...(call && { call: { workflow: call.workflow, isPassed: call.isPassed } }),
    steps: shownSteps(job, logins, pushes),
    permissions: permissionsOf(job),
    sure: publishes === "yes",
  };
}

/** A name with an expression in it is known in the run only. */
function nameOf({ file, node, id }: Job): string {
  const name = textOf(file.yaml.at(node, "name"));
  return name === undefined || name.includes("${{") ? id : name;
}

function uniqueImages(images: readonly ImageName[]): ImageName[] {
  const plain = images.map(({ written, name }) => ({
    written,
    ...(name !== undefined && { name }),
  }));
  return [...new Map(plain.map((image) => [image.name ?? image.written, image])).values()];
}

function loginOf(names: SecretNames, login: Login): PublicationLogin {
  const { step, line, tool, registry, credential } = login;
  const place = { path: step.file.path, line, tool, registry };
  if (!credential) return place;
  const { file, node, from, to } = credential;
  const text = node.value.slice(from, to);
  const [only, ...more] = expressionsIn(text);
  const inner = only && more.length === 0 ? text.slice(only.start, only.end) : text;
  const written = judgeCredential(inner, { names, declared: declaredSecrets(step.job.file) });
  const isVariable = credential.inScript && !only;
  const found: PublicationCredential = {
    path: file.path,
    line,
    kind: isVariable && written.kind === "pasted" && /[$%]/.test(text) ? "carried" : written.kind,
    ...(written.kind === "replaceable" && written.isToken && { isToken: true }),
  };
  const range = sourceRange(file, node, from, to);
  return { ...place, credential: range ? { ...found, range } : found };
}

function permissionsOf(job: Job): Publication["permissions"] {
  const grant = packagesGrant(job);
  switch (grant.kind) {
    case "unsaid":
      return { of: "nothing", packages: "unsaid" };
    case "word": {
      const packages = grant.word === "read-all" ? "read" : "none";
      return { of: grant.ofJob ? "job" : "workflow", line: grant.line, packages };
    }
    case "write":
      return { of: grant.ofJob ? "job" : "workflow", line: grant.line, packages: "write" };
    case "lacking": {
      const packages = String(grant.level?.value) === "read" ? "read" : "none";
      return { of: grant.ofJob ? "job" : "workflow", line: grant.line, packages };
    }
  }
}
