import type { TestFleet } from "./start-fleet.ts";

/** The PATs of a stack's configuration, by their names in the seed. */
export async function configuredPats({
  platform,
  stack,
}: TestFleet): Promise<Record<"pat" | "nextPat" | "previousPat", string | undefined>> {
  const { stdout } = await stack.must(["config", "--json", "--show-secrets"]);
  const config = JSON.parse(stdout) as Record<string, { value: string } | undefined>;
  const tokens = [...platform.world.state.tokens.values()];
  const read = (key: string) => {
    const pat = config[`ghcr-fleet:${key}`]?.value;
    return tokens.find(({ value }) => value === pat)?.name;
  };
  return { pat: read("pat"), nextPat: read("nextPat"), previousPat: read("previousPat") };
}
