import { zipSync } from "fflate";
import type { Artifact } from "./run-record.ts";

/** The archive that people download: always the same bytes. */
export function zipArtifact({ files, createdAt }: Artifact): Uint8Array {
  return zipSync({ ...files }, { mtime: createdAt });
}
