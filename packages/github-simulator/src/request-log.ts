/** One answered request; it never contains a token. */
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
  /** Calls back for each request from now on; returns a function that stops it. */
  onRequest(listener: (record: RequestRecord) => void): () => void;
  clear(): void;
}

/** Keeps only the newest requests, so that memory does not grow with a simulator's running time. */
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
