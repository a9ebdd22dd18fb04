import type { JudgedReport, JudgedRepository } from "../judged-report.ts";
import type { Tone, Words } from "../tone.ts";
import { html, Markup, section } from "./markup.ts";
import { repositoryLink } from "./repository-link.ts";

/** How many rows are shown at first; the page's script shows the rest. */
const unfolded = 100;

const columns = ["Credential", "Files", "CI", "Release", "Package"];

/** One row per repository. The page's script folds, sorts and filters; without it all rows are shown. */
export function fleetTable(report: JudgedReport): Markup {
  const { repositories, stacks } = report;
  const several = stacks.length > 1;
  const titles = ["Repository", ...columns, ...(several ? ["Stack"] : [])];
  return section(
    "repositories",
    "Repositories",
    html`${toolbar(report)}
      <div
        class="scroll"
        role="region"
        aria-label="Table of repositories"
        tabindex="0"
        ${repositories.length === 0 && "hidden"}
      >
        <table id="fleet">
          <thead>
            <tr>
              ${titles.map(
                (title, column) =>
                  html`<th
                    scope="col"
                    ${column === 0 && !several && new Markup('aria-sort="ascending"')}
                  >
                    <button type="button" disabled>${title}</button>
                  </th>`,
              )}
            </tr>
          </thead>
          <tbody>
            ${repositories.map((repository, index) => row(repository, index, several))}
          </tbody>
        </table>
      </div>
      ${repositories.length === 0 && html`<p class="empty q">The fleet has no repository yet.</p>`}
      <p id="folded" hidden><button type="button">Show all</button></p>
      <p id="no-match" class="empty" hidden>
        No repository fits. <button type="button">Show all</button>
      </p>
      ${skipped(report)}`,
  );
}

function toolbar({ repositories }: JudgedReport): Markup {
  const of = (...tones: Tone[]) =>
    repositories.filter(({ words }) => tones.includes(words.tone)).length;
  const choices = [
    ["all", "All", repositories.length],
    ["attention", "Needs attention", of("bad", "warn")],
    ["bad", "Problems", of("bad")],
    ["good", "Well", of("good")],
  ] as const;
  return html`<form class="toolbar" id="filters" hidden>
    <label class="search">
      <span class="sr">Find repositories</span>
      <input
        type="search"
        name="text"
        placeholder="Find by name, author, tag …"
        autocomplete="off"
        spellcheck="false"
      />
    </label>
    <fieldset class="choices">
      <legend class="sr">State</legend>
      ${choices.map(
        ([value, label, number]) =>
          html`<label>
            <input type="radio" name="state" value="${value}" ${value === "all" && "checked"} />
            <span>${label} <b>${number.toLocaleString("en")}</b></span>
          </label>`,
      )}
    </fieldset>
    <label class="about">
      <span class="sr">About</span>
      <select name="check">
        <option value="">About anything</option>
        <option value="credential">Credentials</option>
        <option value="files">Workflow files</option>
        <option value="ci">CI</option>
        <option value="release">Releases</option>
        <option value="package">Packages</option>
        <option value="unread">Could not be read</option>
      </select>
    </label>
    <output id="shown" aria-live="polite"></output>
  </form>`;
}

function row({ status, fleet, words }: JudgedRepository, index: number, several: boolean): Markup {
  const ofImages = (column: "ci" | "release" | "package") =>
    words.images.map((image) => ({ name: image.name, words: image[column] }));
  const cells: [Words, readonly NamedWords[]][] = [
    [words.credential, []],
    [words.files, []],
    [words.ci, ofImages("ci")],
    [words.release, ofImages("release")],
    [words.package, ofImages("package")],
  ];
  const name = repositoryLink(fleet.stack, status.name);
  return html`<tr ${index >= unfolded && new Markup('class="more"')}>
    <th scope="row" class="${toneClass[words.tone]}">${name}</th>
    ${cells.map(([of, images], column) => cell(of, images, column))}${several && html`<td data-l="Stack">${fleet.stack}</td>`}
  </tr> `;
}

/** The words about one of several images. */
interface NamedWords {
  readonly name: string;
  readonly words: Words;
}

function cell(words: Words, images: readonly NamedWords[], column: number): Markup {
  const list =
    images.length > 0 &&
    html`<ul>
      ${images.map(
        (image) =>
          html`<li class="${toneClass[image.words.tone]}">
            ${image.name}: ${wording(image.words)}
          </li>`,
      )}
    </ul>`;
  const tone = toneClass[words.tone];
  return html`<td data-l="${columns[column]}" class="${tone}">${wording(words)}${list}</td>`;
}

function wording({ text, detail }: Words): Markup {
  return html`${text}${detail !== undefined && html` <small>${detail}</small>`}`;
}

function skipped({ stacks }: JudgedReport): Markup | false {
  const left = stacks.flatMap((fleet) => fleet.skipped);
  if (left.length === 0) return false;
  return html`<details>
    <summary>Left out: ${left.length.toLocaleString("en")}</summary>
    <ul class="skipped">
      ${left.map(({ name, reason }) => html`<li><b>${name}</b> ${reason}</li>`)}
    </ul>
  </details>`;
}

/** Names of one letter keep a table of a thousand repositories small. */
const toneClass: Readonly<Record<Tone, string>> = {
  good: "g",
  warn: "w",
  bad: "b",
  quiet: "q",
};
