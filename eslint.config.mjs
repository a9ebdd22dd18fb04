import eslint from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";

export default defineConfig(
  globalIgnores(["node_modules/", "coverage/", "dist/", "templates/", ".demo/", ".cache/"]),
  eslint.configs.recommended,
  {
    rules: {
      eqeqeq: ["error", "always", { null: "ignore" }],
      "no-console": "error",
      "max-lines": ["error", { max: 300, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ["**/*.mjs", "**/*.cjs"],
    languageOptions: { globals: nodeGlobals() },
  },
  {
    // The script of the report's page.
    files: ["src/report/page/*.js"],
    languageOptions: { globals: browserGlobals() },
  },
  {
    files: ["**/*.ts"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    rules: {
      "@typescript-eslint/consistent-type-imports": ["error", { fixStyle: "inline-type-imports" }],
      // Numbers read well in messages.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/no-dynamic-delete": "off",
      // Interfaces promise results that not every implementation has to wait for.
      "@typescript-eslint/require-await": "off",
      // The functions that are passed around here are closures, which do not use `this`.
      "@typescript-eslint/unbound-method": "off",
    },
  },
  {
    // These talk to a person, or to the engine.
    files: ["demo/**/*.ts", "provider/main.ts", "src/cli/**/*.ts", "test/run.ts"],
    rules: { "no-console": "off" },
  },
  {
    // The outside world comes in through the entries; everything else gets it as a parameter.
    files: ["src/**/*.ts", "packages/*/src/**/*.ts", "policy/**/*.ts"],
    ignores: [
      "src/cli/**",
      "src/declare-fleet.ts",
      "packages/*/src/**/bin.ts",
      "policy/policies.ts",
    ],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "env", message: "Pass the value in from the entry." },
        { object: "process", property: "argv", message: "Pass the value in from the entry." },
        { object: "process", property: "exit", message: "Throw; only entries end the process." },
      ],
    },
  },
  {
    files: ["test/**/*.ts", "packages/*/test/**/*.ts"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "vi", property: "mock", message: "Use the real part, or pass a double in." },
      ],
      "@typescript-eslint/no-non-null-assertion": "off",
      // Answers are asserted as they come; a wrong shape fails the assertion.
      "@typescript-eslint/no-unsafe-argument": "off",
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-return": "off",
    },
  },
);

/** The globals of a browser that the report's page uses; the type-check knows them all. */
function browserGlobals() {
  const names = ["document", "window", "location", "history", "FormData", "setInterval"];
  const elements = ["Dialog", "Form", "Output", "Button", "Script", "Table", "TableSection", ""];
  const all = [...names, ...elements.map((name) => `HTML${name}Element`)];
  return Object.fromEntries(all.map((name) => [name, "readonly"]));
}

/** The globals of Node that the plain JavaScript files use. */
function nodeGlobals() {
  const names = [
    "process",
    "URL",
    "AbortController",
    "AbortSignal",
    "fetch",
    "console",
    "module",
    "__dirname",
  ];
  const timers = ["setTimeout", "clearTimeout", "setInterval", "clearInterval"];
  return Object.fromEntries([...names, ...timers].map((name) => [name, "readonly"]));
}
