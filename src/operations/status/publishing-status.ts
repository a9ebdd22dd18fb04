import { declaredImages, type Fleet, type FleetRepository } from "../../fleet/fleet.ts";
import type { RepositorySnapshot } from "../../github/repositories/repository-snapshot.ts";
import type { Publication } from "../../publishing/publication.ts";
import { repairWorkflows } from "../../publishing/repair-workflows.ts";
import { publishingWorkflows, type PublishingWorkflow } from "../../publishing/started-by.ts";
import { renderWritten } from "../../publishing/templates/render-repository.ts";
import { isFromTemplate } from "../../publishing/templates/template.ts";
import { verifiedImages, type VerifiedImages } from "../../publishing/verified-images.ts";
import { gitBlobIds } from "../../github/contents/git-blob-id.ts";
import { broughtPins, type PinSource } from "../drift/brought-pins.ts";
import type { BranchReading } from "../publications/read-branches.ts";
import { fileStatus, repairStatus } from "./file-status.ts";
import type { FileStatus, RepositoryStatus } from "./fleet-status.ts";
import type { StackMemory } from "./stack-memory.ts";

/** How a repository publishes, and what of it the status looks at. */
export interface Publishing extends VerifiedImages {
  readonly mode: RepositoryStatus["workflows"];
  /** Workflows whose runs bring images of the branch: on a push, or where none does, by themselves. */
  readonly ci: readonly PublishingWorkflow[];
  /** Those that releases and tags start. */
  readonly release: readonly PublishingWorkflow[];
}

interface Declared {
  readonly fleet: Fleet;
  readonly repository: FleetRepository;
}

export function publishingOf(
  { fleet, repository, memory }: Declared & { readonly memory: StackMemory },
  reading: BranchReading | undefined,
): Publishing {
  const publications = reading?.publications ?? [];
  const workflows = publishingWorkflows(publications, repository.branch);
  const by = (wanted: string) => workflows.filter(({ startedBy }) => startedBy === wanted);
  const known = memory.files.get(repository.name.toLowerCase());
  const mode = known?.mode ?? guessMode(repository, reading);
  return {
    mode,
    ci: by("push").length > 0 ? by("push") : by("run"),
    release: by("release"),
    ...verifiedImages({
      registry: fleet.registry,
      owner: fleet.owner,
      declared: declaredImages(repository),
      images: repository.images,
      mode,
      publications,
      texts: reading?.texts ?? {},
    }),
  };
}

/** Before the first update nothing is decided. */
function guessMode(
  { workflows }: FleetRepository,
  reading: BranchReading | undefined,
): Publishing["mode"] {
  if (workflows.mode !== "auto") return workflows.mode;
  const isTheirs = ({ path }: Publication) => !isFromTemplate(reading?.texts[path] ?? "");
  return reading?.publications.some(isTheirs) ? "repair" : "template";
}

/**
 * Each workflow file: as rendered, as repaired, or not the fleet's; and what a repair leaves to a person.
 *
 * @param unread called where pins cannot be looked up: then their files count as edited
 */
export async function filesOf(
  source: Declared & PinSource & { readonly memory: StackMemory },
  { mode }: Publishing,
  reading: BranchReading | undefined,
  { workflows }: RepositorySnapshot,
  url: string,
  unread: (error: unknown) => undefined,
): Promise<Pick<RepositoryStatus, "files" | "unresolved">> {
  const { fleet, repository } = source;
  const urlOf = (path: string) => encodeURI(`${url}/blob/${repository.branch}/${path}`);
  if (mode === "template")
    return { files: await templatesOf(source, reading, workflows, urlOf, unread), unresolved: [] };
  const publishing = new Set(reading?.publications.map(({ path }) => path));
  const { owner, registry, secret } = fleet;
  const { replaceSecrets, deadPatFallback } = repository.workflows;
  const options = { registry, secret: secret.name, replaceSecrets, deadPatFallback };
  const repaired =
    mode === "repair"
      ? repairWorkflows(reading?.texts ?? {}, {
          ...options,
          repository: `${owner}/${repository.name}`,
        })
      : [];
  const edited = repaired.filter(({ edits }) => edits.length > 0).map(({ path }) => path);
  return {
    files: repairStatus(publishing, new Set(edited), workflows, urlOf),
    unresolved: repaired.flatMap(({ path, unresolved }) =>
      unresolved.map(({ line, reason, fix }) => ({ file: path, line, reason, fix })),
    ),
  };
}

/** Pins that an update keeps are as rendered, too. */
async function templatesOf(
  source: Declared & PinSource & { readonly memory: StackMemory },
  reading: BranchReading | undefined,
  workflows: RepositorySnapshot["workflows"],
  urlOf: (path: string) => string,
  unread: (error: unknown) => undefined,
): Promise<FileStatus[]> {
  const { fleet, repository, memory } = source;
  const versions = memory.files.get(repository.name.toLowerCase());
  const rendered = renderWritten(fleet, repository, versions);
  const files = fileStatus(rendered, workflows, urlOf);
  const isEdited = ({ state }: FileStatus) => state === "edited";
  if (!files.some(isEdited)) return files;
  const keepsPins = repository.workflows.newerPins === "keep";
  const brought = await broughtPins(
    source,
    {
      owner: fleet.owner,
      files: gitBlobIds(rendered),
      newerPins: keepsPins ? (versions?.newerPins ?? []) : undefined,
      pin: versions?.pin,
    },
    reading?.texts ?? {},
    memory.central,
  ).catch(unread);
  return files.map((file) =>
    isEdited(file) && brought?.has(file.path) ? { ...file, state: "in-sync" } : file,
  );
}

export function publicationStatus(
  publication: Publication,
): RepositoryStatus["publications"][number] {
  const { path, job, line, events, images, logins, call } = publication;
  return {
    file: path,
    job,
    line,
    events: [...events],
    images: images.map(({ name, written }) => name ?? written),
    credentials: logins.map(({ path: file, line: at, credential }) => ({
      file: credential?.path ?? file,
      line: credential?.line ?? at,
      kind: credential?.kind ?? "absent",
      ...(credential?.isToken && { isToken: true }),
    })),
    ...(call && { call }),
  };
}
