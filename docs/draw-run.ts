// Draws docs/run.svg, the picture in the README, from a real run: npm run draw
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { stripVTControlCharacters } from "node:util";

const lineHeight = 18;
const charWidth = 7.8;
const margin = 16;
const colors: Readonly<Record<string, string>> = {
  "31": "#ff7b72",
  "32": "#7ee787",
  "33": "#e3b341",
  "36": "#79c0ff",
};

const escapeCode = new RegExp(`${String.fromCharCode(27)}\\[(\\d+)m`);

const start = fileURLToPath(new URL("../demo/start.ts", import.meta.url));
const run = spawnSync(process.execPath, [start], {
  encoding: "utf8",
  env: { ...process.env, FORCE_COLOR: "1" },
});
if (run.status !== 0) throw new Error(run.stderr);
// The picture must not show the path of this checkout.
const root = fileURLToPath(new URL("..", import.meta.url));
const output = run.stdout.replaceAll(root, "~/ghcr-fleet/");
const lines = `$ npm start\n${output}`.trimEnd().split("\n");
writeFileSync(new URL("run.svg", import.meta.url), draw(lines));

function draw(texts: readonly string[]): string {
  const widest = Math.max(...texts.map((text) => stripVTControlCharacters(text).length));
  const width = Math.ceil(widest * charWidth + 2 * margin);
  const height = texts.length * lineHeight + 2 * margin;
  const rows = texts.map((text, index) => {
    const y = margin + (index + 1) * lineHeight - 5;
    return `<text x="${margin}" y="${y}" xml:space="preserve">${spans(text)}</text>`;
  });
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="A run of npm start">`,
    `<rect width="100%" height="100%" rx="8" fill="#0d1117"/>`,
    `<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, monospace" font-size="13" fill="#e6edf3">`,
    ...rows,
    "</g>",
    "</svg>",
    "",
  ].join("\n");
}

/** One `<tspan>` for each part with the same style. */
function spans(text: string): string {
  const styles = new Set<string>();
  const parts = text.split(escapeCode);
  return parts
    .map((part, index) => {
      if (index % 2 === 1) {
        apply(styles, part);
        return "";
      }
      return part === "" ? "" : `<tspan${attributes(styles)}>${escape(part)}</tspan>`;
    })
    .join("");
}

/** https://en.wikipedia.org/wiki/ANSI_escape_code#Select_Graphic_Rendition_parameters */
function apply(styles: Set<string>, code: string): void {
  if (code === "22") ["1", "2"].forEach((each) => styles.delete(each));
  else if (code === "24") styles.delete("4");
  else if (code === "39") Object.keys(colors).forEach((each) => styles.delete(each));
  else styles.add(code);
}

function attributes(styles: ReadonlySet<string>): string {
  const fill = [...styles].map((code) => colors[code]).find(Boolean);
  return [
    fill ? ` fill="${fill}"` : "",
    styles.has("1") ? ' font-weight="bold"' : "",
    styles.has("2") ? ' opacity="0.6"' : "",
    styles.has("4") ? ' text-decoration="underline"' : "",
  ].join("");
}

function escape(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`);
}
