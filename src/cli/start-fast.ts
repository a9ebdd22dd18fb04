import "../../engine/lean-sdk.cjs";
import { enableCompileCache } from "node:module";

/** Node keeps what it compiles of the modules that a verb loads: half of the time that one starts in. */
enableCompileCache();
