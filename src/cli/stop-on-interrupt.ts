/**
 * Ctrl-C once asks to stop: what is being written ends first. A second one ends the process at once;
 * `ghcr-fleet recover` puts right what that leaves.
 *
 * @param say tells the person what happens
 */
export function stopOnInterrupt(say: (message: string) => void): {
  signal: AbortSignal;
  release: () => void;
} {
  const controller = new AbortController();
  const onSignal = () => {
    if (controller.signal.aborted) process.exit(1);
    say("stopping when the running writes have ended; Ctrl-C once more ends at once");
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
