import type { Desired } from "../fleet-work.ts";

/** A way to make the organisation as desired. All get the same work. */
export interface Contender {
  readonly name: string;
  /** Writes the configuration; this is not measured. */
  prepare(desired: Desired): Promise<void>;
  /**
   * @param refresh whether everything that exists is read from GitHub first
   * @throws {Error} with the output
   */
  apply(options: { refresh: boolean; signal: AbortSignal }): Promise<Applied>;
  /** Gives the fleet another PAT by a command that proves it first; absent where there is none. */
  rotate?(pat: Desired["pat"], options: { signal: AbortSignal }): Promise<Applied>;
  destroy(options: { signal: AbortSignal }): Promise<Applied>;
  /** Bytes. */
  stateSize(): Promise<number>;
  /** Removes its folder. */
  close(): Promise<void>;
}

export interface Applied {
  /** Steps that changed a resource in the state; absent where nothing counts them. */
  readonly steps?: number;
}
