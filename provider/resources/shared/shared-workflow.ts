import type { z } from "zod";
import { explaining } from "../../../src/github/client/explain-failure.ts";
import { isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import { readAccessLevel } from "../../../src/github/repositories/access-level.ts";
import {
  sharedWorkflowProperties,
  type SharedVersion,
} from "../../../src/properties/shared-workflow.ts";
import { stackOfUrn, withStack } from "../../../src/publishing/named-stack.ts";
import { keepSpelling, toFailures } from "../../protocol/check-inputs.ts";
import { diffProperties } from "../../protocol/property-diff.ts";
import { hasUnknown, pick, type Properties } from "../../protocol/property-values.ts";
import type { ResourceContext, ResourceType } from "../../protocol/resource-type.ts";
import { diffPullRequest, place } from "../publishing/diff.ts";
import {
  filesId,
  textIds,
  withoutTexts,
  writtenFiles,
  type BranchAccess,
  type TemplateInputs,
} from "../publishing/inputs.ts";
import { lockAfterTemplates } from "../publishing/lockfile.ts";
import { keepNewerPins } from "../publishing/newer-pins.ts";
import { leave, refreshTemplates } from "../publishing/repository-publishing.ts";
import { applyTemplates } from "../publishing/templates.ts";
import { assertOwn } from "./assert-own.ts";
import { refreshVersions, tagOf, versionsOf, withVersion } from "./versions.ts";

type SharedArgs = z.output<typeof sharedWorkflowProperties.args>;

/**
 * `ghcr:index:SharedWorkflow`: the workflow that callers in other repositories share, in its central
 * repository. It is written like the files of the templates, and its outputs name the commit that callers can pin.
 */
export function sharedWorkflow(access: BranchAccess): ResourceType {
  async function apply(
    properties: Properties,
    state: Properties,
    preview: boolean,
    context: ResourceContext,
  ): Promise<Properties> {
    const inputs = properties as unknown as TemplateInputs;
    const written = await applyTemplates(
      ...([access, inputs, state, preview, context] as const),
      (snapshot, replaces) =>
        assertOwn(access, inputs, { stack: stackOfUrn(context.urn), state }, snapshot, replaces),
    );
    const isOffered = "pullRequestUrl" in written || "declined" in written;
    const commit = isOffered
      ? undefined
      : (written["commitSha"] ?? (await commitOf(inputs, state)));
    const tag = await tagOf(access, properties as unknown as SharedArgs, commit, state, preview);
    const versions = versionsOf(state);
    return {
      ...shown(properties),
      ...written,
      ...(commit !== undefined && { commit }),
      ...(tag !== undefined && { tag }),
      versions: asProperties(
        commit === undefined ? versions : withVersion(versions, inputs.files, { commit, tag }),
      ),
    };
  }

  /** The commit that had the files already: the known one, or the newest of the branch. */
  async function commitOf(inputs: TemplateInputs, state: Properties): Promise<string | undefined> {
    const { commit } = state;
    const isKnown = isSameFiles(inputs.files, (state["files"] ?? {}) as Record<string, string>);
    if (typeof commit === "string" && isKnown) return commit;
    return (await access.snapshots.get(inputs))?.head;
  }

  /** The first update must not close the repository to other organisations of its enterprise. */
  async function judgeAccess({ owner, repository, access: wanted }: SharedArgs) {
    if (wanted !== "organization") return [];
    const level = await readAccessLevel(access.github, owner, repository);
    if (level !== "enterprise") return [];
    const reason = `the whole enterprise may call the workflows of ${owner}/${repository}, and the fleet would close it to other organisations; write fleet.shared.access: enterprise, or organization on its page Settings > Actions > General first`;
    return [{ property: "", reason }];
  }

  return {
    properties: sharedWorkflowProperties,

    async check(formerly, news, { urn }) {
      const olds = withoutTexts(formerly);
      if (hasUnknown(news)) return { inputs: await textIds(access, news), failures: [] };
      const parsed = sharedWorkflowProperties.args.safeParse(keepSpelling(olds, news, place));
      if (!parsed.success) return { inputs: news, failures: toFailures(parsed.error) };
      const args = { ...parsed.data, files: withStack(parsed.data.files, stackOfUrn(urn)) };
      const { files, newerPins } = await keepNewerPins(access, olds, args);
      const { owner, repository, branch, ref, delivery, pullRequests, onRemove } = args;
      return {
        inputs: {
          ...{ owner, repository, branch, ref, delivery, onRemove },
          files: await access.stored.keepAll(files),
          ...(newerPins.length > 0 && { newerPins }),
          ...(pullRequests && {
            pullRequests: JSON.parse(JSON.stringify(pullRequests)) as Properties,
          }),
          ...(await lockAfterTemplates(access, olds, { ...args, lockfile: "keep" }, files)),
        },
        failures: isNew(formerly) ? await judgeAccess(args) : [],
      };
    },

    async diff(olds, news, state) {
      const compared = (all: Properties) =>
        pick(withoutTexts(all), [...place, "branch", "files", "ref", "delivery", "onRemove"]);
      const changes = diffProperties(compared(olds), compared(news), place);
      // Somebody brought other pins of actions, which stay: that version has no tag yet.
      const isUntagged = news["ref"] === "tag" && state["commit"] != null && state["tag"] == null;
      return {
        ...changes,
        ...(isUntagged && { tag: "add" as const }),
        ...(await diffPullRequest(access, news, state)),
      };
    },

    async create(inputs, preview, context) {
      const id = filesId(inputs as unknown as TemplateInputs);
      return { id, state: await apply(inputs, {}, preview, context) };
    },

    async read(id, state, inputs) {
      // An import has no inputs, and the program writes what is missing.
      if (Object.keys(inputs).length === 0) return undefined;
      const seen = await explaining(`read the shared workflow of ${id}`, () =>
        refreshTemplates(access, inputs, state),
      );
      if (!seen || seen.state === state) return seen;
      const places = seen.inputs as unknown as TemplateInputs & SharedArgs;
      const isRight = seen.inputs["edited"] === undefined;
      const head = (await access.snapshots.get(places))?.head;
      const { versions, tag } = await refreshVersions(access, places, state, head);
      const isWritten =
        isSameFiles(places.files, writtenFiles(state)) &&
        versions.some(({ commit }) => commit === state["commit"]);
      // Callers must not get a commit with what somebody else wrote.
      const commit = isWritten ? state["commit"] : isRight ? head : undefined;
      return {
        ...seen,
        state: {
          ...seen.state,
          ...pick(inputs, ["ref"]),
          ...(commit !== undefined && { commit }),
          ...(isWritten && tag !== undefined && { tag }),
          versions: asProperties(
            commit === undefined ? versions : withVersion(versions, places.files, { commit }),
          ),
        },
      };
    },

    async update(_id, before, inputs, preview, context) {
      const state = withoutTexts(before);
      const next = await apply(inputs, state, preview, context);
      return { ...pick(state, ["commitSha", "commitUrl"]), ...next };
    },

    delete: (_id, state, context) =>
      leave(access, state, context, "The fleet has no shared workflow here any more."),
  };
}

/** @param known the state, or the inputs of the last run: empty for a new resource */
function isNew(known: Properties): boolean {
  return Object.keys(known).length === 0;
}

function asProperties(versions: readonly SharedVersion[]): Properties[] {
  return versions as unknown as Properties[];
}

/** The outputs that repeat inputs. */
function shown(inputs: Properties): Properties {
  return pick(inputs, [
    ...place,
    "branch",
    "files",
    "newerPins",
    "ref",
    "delivery",
    "pullRequests",
    "onRemove",
  ]);
}
