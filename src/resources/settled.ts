import * as pulumi from "@pulumi/pulumi";

/**
 * Resolves when the output has a value, which is then taken, or is known to get none: the SDK makes outputs
 * of a failed or excluded resource unknown.
 */
export async function settled<T>(
  output: pulumi.Output<T>,
  take: (value: T) => void = () => undefined,
): Promise<void> {
  await pulumi.getAllResources(output.apply(take)).catch(() => undefined);
}

export async function valueOrNull<T>(output: pulumi.Output<T>): Promise<T | null> {
  let seen: T | null = null;
  await settled(output, (value) => {
    seen = value;
  });
  return seen;
}
