import { connect } from "node:net";

/** Between two attempts to reach an engine that closed the connection. */
const retryMilliseconds = 500;

/**
 * Calls `onEnd` when the engine no longer exists: a killed one stops none of the processes that it started. A
 * connection to its port ends with it, however it ends. The watch does not keep the process running.
 *
 * @param address host:port, as the engine passes it to what it starts
 */
export function watchEngine(address: string, onEnd: () => void): void {
  const at = address.lastIndexOf(":");
  const socket = connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
  let isRefused = false;
  socket
    .once("error", (error: NodeJS.ErrnoException) => (isRefused = error.code === "ECONNREFUSED"))
    .once("close", () => {
      if (isRefused) onEnd();
      // The engine also closes connections on which nobody speaks its protocol.
      else setTimeout(() => watchEngine(address, onEnd), retryMilliseconds).unref();
    })
    .resume()
    .unref();
}
