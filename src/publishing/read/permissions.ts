import { isMap, isScalar, type Node, type Scalar, type YAMLMap } from "yaml";
import type { Job } from "./repository.ts";
import { textOf } from "./yaml-reader.ts";

/** What a job's token may do with packages, and where that is said. */
export type PackagesGrant =
  | { readonly kind: "write"; readonly ofJob: boolean }
  | {
      readonly kind: "lacking";
      readonly block: YAMLMap;
      readonly level: Scalar | undefined;
      readonly ofJob: boolean;
    }
  /** A word for all scopes, which says something about the others, too. */
  | { readonly kind: "word"; readonly node: Node; readonly word: string }
  /** Nothing is said: the repository's settings decide. */
  | { readonly kind: "unsaid" };

/** https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-syntax#permissions */
export function packagesGrant(job: Job): PackagesGrant {
  const { yaml, root } = job.file;
  const own = yaml.at(job.node, "permissions");
  const node = own ?? yaml.at(root, "permissions");
  const word = textOf(node);
  const ofJob = own !== undefined;
  if (word === "write-all") return { kind: "write", ofJob };
  if (node && word !== undefined) return { kind: "word", node, word };
  if (!isMap(node)) return { kind: "unsaid" };
  const level = yaml.at(node, "packages");
  if (textOf(level) === "write") return { kind: "write", ofJob };
  return { kind: "lacking", block: node, level: isScalar(level) ? level : undefined, ofJob };
}
