import { explaining } from "../../../src/github/client/explain-failure.ts";
import { gitBlobIds, isSameFiles } from "../../../src/github/contents/git-blob-id.ts";
import { secondPublishers } from "../../../src/publishing/second-publishers.ts";
import type { Properties } from "../../protocol/property-values.ts";
import {
  filesId,
  type BranchAccess,
  type Found,
  type PublishingArgs,
  type Written,
} from "./inputs.ts";

/**
 * What is wrong beside templates that are about to be written: a Dockerfile that they build from is
 * missing, or another workflow pushes one of their images. For a repository whose files stay, only what was found before
 * is looked at again.
 *
 * @param files path to text: what the templates write
 */
export async function besideTemplates(
  access: BranchAccess,
  known: Written & Found,
  args: PublishingArgs,
  files: Readonly<Record<string, string>>,
): Promise<Properties> {
  const { missingDockerfile: absent, secondPublishers: second } = known;
  const isNew = !isSameFiles(gitBlobIds(files), known.files ?? {});
  if (!isNew && absent === undefined && second === undefined) return {};
  const { repository: name, branch, dockerfile, furtherDockerfiles } = args;
  const needsFile = dockerfile !== undefined && (isNew || absent !== undefined);
  const paths = needsFile ? [...new Set([dockerfile, ...furtherDockerfiles])] : [];
  const [missing, others] = await explaining(
    `read what is beside the files of ${filesId(args)}`,
    () =>
      Promise.all([
        Promise.all(
          paths.map(async (path) => {
            const isMissing = await access.missing.isMissing({ name, branch, path });
            return isMissing ? [path] : [];
          }),
        ),
        isNew || second ? findSecondPublishers(access, known, args, files) : [],
      ]),
  );
  return {
    ...(missing.flat().length > 0 && { missingDockerfile: missing.flat().join(", ") }),
    ...(others.length > 0 && { secondPublishers: others }),
  };
}

/** Paths of the workflows that would push an image of the templates, too. */
async function findSecondPublishers(
  access: BranchAccess,
  known: Written,
  args: PublishingArgs,
  files: Readonly<Record<string, string>>,
): Promise<string[]> {
  const snapshot = await access.snapshots.get(args);
  const ours = new Set([...Object.keys(files), ...Object.keys(known.files ?? {})]);
  const paths = [...(snapshot?.workflows.keys() ?? [])];
  if (!snapshot || paths.every((path) => ours.has(path))) return [];
  const { texts } = await access.texts.get(snapshot, "guess");
  const { registry } = access;
  const images = [args.image, ...args.furtherImages].map(
    (image) => `${registry}/${args.owner}/${image}`,
  );
  const { secret, expectedWorkflows: expected } = args;
  return secondPublishers(paths, texts, { ours, registry, images, secret, expected });
}
