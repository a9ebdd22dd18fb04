import { isMap, isScalar, type Scalar, type YAMLMap } from "yaml";
import type { Job } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** What a job's token may do with packages, and the place that decides it. */
export type PackagesGrant =
  /** The file has no permissions: the repository's settings decide. */
  | { readonly kind: "unsaid" }
  | (Said &
      (
        | { readonly kind: "write" }
        | {
            readonly kind: "lacking";
            readonly block: YAMLMap;
            /** "read" or "none"; absent where packages are not named. */
            readonly level: Scalar | undefined;
          }
        /** A word for all scopes: `read-all`. */
        | { readonly kind: "word"; readonly word: string }
      ));

interface Said {
  /** Whether the permissions are the job's own, and not the workflow's. */
  readonly ofJob: boolean;
  /** From 1. */
  readonly line: number;
}

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
export function packagesGrant(job: Job): PackagesGrant {
  const { yaml, root, lineOf } = job.file;
  const own = yaml.at(job.node, "permissions");
  const node = own ?? yaml.at(root, "permissions");
  const said = { ofJob: own !== undefined, line: lineOf(node) };
  const word = textOf(node);
  if (word === "write-all") return { kind: "write", ...said };
  if (word !== undefined) return { kind: "word", ...said, word };
  if (!isMap(node)) return { kind: "unsaid" };
  const level = yaml.at(node, "packages");
  if (textOf(level) === "write") return { kind: "write", ...said };
  return { kind: "lacking", ...said, block: node, level: isScalar(level) ? level : undefined };
}
