import { endSiblings } from "./end-siblings.ts";
import { ghcrProvider } from "./ghcr-provider.ts";
import { connectEngineLog } from "./protocol/engine-log.ts";
import { serve } from "./protocol/server.ts";
import { watchEngine } from "../src/watch-engine.ts";

const engineAddress = process.argv.find((argument) => /^127\.0\.0\.1:\d+$/.test(argument));
if (!engineAddress) {
  throw new Error(
    "the ghcr provider is started by `pulumi`, with the engine's address as argument",
  );
}
const log = connectEngineLog(engineAddress);
const provider = ghcrProvider(log, process.env);
const port = await serve(provider, log);
watchEngine(engineAddress, () => {
  // Writes that have begun may end; their result is found by the next refresh.
  provider.cancel();
  setTimeout(() => process.exit(1), 2_000);
  try {
    endSiblings(engineAddress);
  } catch {
    // Where processes cannot be listed, the others end by themselves, within five minutes.
  }
});
// The plugin protocol: the first line on stdout is the port and nothing else. console.log would colour
// it if FORCE_COLOR is set.
process.stdout.write(`${port}\n`);
