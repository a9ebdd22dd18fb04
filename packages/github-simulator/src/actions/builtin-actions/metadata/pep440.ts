/** A Python version in its normal form. */
export interface PythonVersion {
  readonly text: string;
  readonly release: readonly number[];
  /** Not a pre-, post- or development release. */
  readonly isFinal: boolean;
}

/** https://peps.python.org/pep-0440/#appendix-b-parsing-version-strings-with-regular-expressions */
const VERSION =
  /^\s*v?(?:(?<epoch>\d+)!)?(?<release>\d+(?:\.\d+)*)(?:[-_.]?(?<pre>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>\d+)?)?(?<post>-(?<postDashed>\d+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>\d+)?)?(?<dev>[-_.]?dev[-_.]?(?<devNumber>\d+)?)?(?:\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?\s*$/i;

const PHASES: Readonly<Record<string, string>> = {
  alpha: "a",
  beta: "b",
  c: "rc",
  pre: "rc",
  preview: "rc",
};

/** @returns `undefined` if it is not a PEP 440 version */
export function parsePep440(version: string): PythonVersion | undefined {
  const parts = VERSION.exec(version)?.groups;
  if (parts === undefined) return undefined;
  const number = (digits: string | undefined): number => Number(digits ?? 0);
  const release = (parts["release"] ?? "").split(".").map(Number);
  const phase = parts["pre"]?.toLowerCase();
  const local = parts["local"]?.toLowerCase().split(/[-_.]/);
  const text = [
    number(parts["epoch"]) === 0 ? "" : `${number(parts["epoch"])}!`,
    release.join("."),
    phase === undefined ? "" : `${PHASES[phase] ?? phase}${number(parts["preNumber"])}`,
    parts["post"] === undefined ? "" : `.post${number(parts["postDashed"] ?? parts["postNumber"])}`,
    parts["dev"] === undefined ? "" : `.dev${number(parts["devNumber"])}`,
    local === undefined
      ? ""
      : `+${local.map((each) => (/^\d+$/.test(each) ? Number(each) : each)).join(".")}`,
  ].join("");
  const isFinal = phase === undefined && parts["post"] === undefined && parts["dev"] === undefined;
  return { text, release, isFinal };
}
