import type * as pulumi from "@pulumi/pulumi";

/** The provider tells of an output that is absent by null, so that previews know that it is. */
export function ifPresent<T>(output: pulumi.Output<T>): pulumi.Output<T | undefined> {
  return output.apply((value) => value ?? undefined);
}
