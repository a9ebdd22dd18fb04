import { zipSync } from "fflate";
import type { Artifact } from "./run-record.ts";

/** The archive that people download: the same bytes each time. */
export function zipArtifact({ files, createdAt }: Artifact): Uint8Array {
  return zipSync({ ...files }, { mtime: createdAt });
}
