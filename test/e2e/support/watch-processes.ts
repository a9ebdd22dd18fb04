import { readdirSync, readFileSync } from "node:fs";

/** Of a process, as the users of its machine see it; NUL ends each part. */
export interface SeenProcess {
  readonly args: string;
  readonly environment: string;
}

/**
 * Arguments and environments of all processes of this machine, until `stop` is called. Some processes live for a
 * tenth of a second, so the list is read repeatedly.
 */
export function watchProcesses(): { stop(): readonly SeenProcess[] } {
  const seen = new Map<string, SeenProcess>();
  const look = () => {
    for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
      const args = read(`/proc/${pid}/cmdline`);
      // A process gets another environment only together with other arguments.
      const key = `${pid} ${args}`;
      if (!seen.has(key)) seen.set(key, { args, environment: read(`/proc/${pid}/environ`) });
    }
  };
  look();
  const timer = setInterval(look, 20);
  return {
    stop() {
      clearInterval(timer);
      return [...seen.values()];
    },
  };
}

/** @returns nothing of a process that has ended */
function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
