/**
 * Ctrl-C once asks to stop: what is being written ends first. A second one ends the process at once;
 * `ghcr-fleet recover` puts right what that leaves.
 */
export function stopOnInterrupt(): { signal: AbortSignal; release: () => void } {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1);
    process.stderr.write("Stopping: running writes end first. Ctrl-C once more ends at once.\n");
    controller.abort();
  };
  process.on("SIGINT", onSignal);
  process.on("SIGTERM", onSignal);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", onSignal);
      process.off("SIGTERM", onSignal);
    },
  };
}
