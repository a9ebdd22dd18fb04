import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { findCheckout, readRemotes, type Remote } from "../git/read-remotes.ts";

/** The checkout that a stack is written into. */
export interface Checkout {
  readonly root: string;
  /** The repository on GitHub; absent where no remote is there. */
  readonly remote: Remote | undefined;
  /** Whether it has files of a project, which may publish; otherwise it is there for the stack. */
  readonly hasCode: boolean;
}

/** @returns nothing where neither the folder nor one above it is a checkout */
export async function readCheckout(folder: string): Promise<Checkout | undefined> {
  const root = findCheckout(folder);
  if (root === undefined) return undefined;
  const [remote] = await readRemotes(root);
  return { root, remote, hasCode: await hasCode(root) };
}

/** What the repository of a stack may have before there is a stack. */
const documents =
  /^(?:\..*|(?:readme|licen[cs]e|copying|notice|security|contributing|code_of_conduct|codeowners|changelog|support)(?:\W.*)?|docs|renovate\.json5?)$/i;

async function hasCode(root: string): Promise<boolean> {
  const names = await readdir(root);
  if (names.includes("Pulumi.yaml")) return false;
  if (names.some((name) => !documents.test(name))) return true;
  const workflows = await readdir(join(root, ".github/workflows")).catch(() => []);
  return workflows.length > 0;
}
