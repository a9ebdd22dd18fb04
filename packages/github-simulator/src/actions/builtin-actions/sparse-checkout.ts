import picomatch from "picomatch";
import type { TreeFile } from "../host/actions-host.ts";
import type { ActionStep } from "../action/known-action.ts";

/**
 * Which files a checkout writes. In cone mode the lines name folders, and files at the root are included;
 * else they are patterns as in .gitignore; negated patterns are not supported here.
 * @see https://git-scm.com/docs/git-sparse-checkout
 */
export function sparseCheckout(step: ActionStep): (file: TreeFile) => boolean {
  const lines = step.lines("sparse-checkout").map((line) => line.replace(/\/$/, ""));
  if (lines.length === 0) return () => true;
  if (step.flag("sparse-checkout-cone-mode")) {
    const folders = lines.map((line) => `${line.replace(/^\//, "")}/`);
    return ({ path }) => !path.includes("/") || folders.some((folder) => path.startsWith(folder));
  }
  const matchers = lines.map((line) =>
    line.includes("/")
      ? picomatch([line.replace(/^\//, ""), `${line.replace(/^\//, "")}/**`], { dot: true })
      : picomatch(line, { dot: true, basename: true }),
  );
  return ({ path }) => matchers.some((matches) => matches(path));
}
