/** One answered request; it never holds a token. */
export interface RequestRecord {
  method: string;
  /** With its query, without the base. */
  path: string;
  /** Of a GraphQL request. */
  operation?: "query" | "mutation";
  status: number;
  actor: string;
  time: string;
}

export interface RequestLog {
  /** Oldest first. */
  readonly kept: readonly RequestRecord[];
  add(record: RequestRecord): void;
  /** Calls back for each request from now on; returns how to stop that. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  clear(): void;
}

/** Keeps the newest requests, so that a simulator that runs for days does not grow. */
export function createRequestLog(limit: number): RequestLog {
  const kept: RequestRecord[] = [];
  const listeners = new Set<(record: RequestRecord) => void>();
  return {
    kept,
    add(record) {
      kept.push(record);
      if (kept.length > limit) kept.shift();
      for (const listener of listeners) listener(record);
    },
    onRequest(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    clear() {
      kept.length = 0;
    },
  };
}
